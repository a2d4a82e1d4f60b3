package dev.parasol.tools.tensors;

import dev.parasol.weights.TensorInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The pickle of a state_dict, protocol 2: a dictionary from each name to {@code torch._utils._rebuild_tensor_v2(storage, 0, shape,
 * strides, False, OrderedDict())}, its storages numbered in order. Nothing is memoised, which makes it longer and no different.
 */
final class StatePickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private StatePickle() {}

    static byte[] of(List<TensorInfo> tensors) {
        StatePickle pickle = new StatePickle();
        pickle.op(0x80).op(2).op('}').op('(');
        for (int key = 0; key < tensors.size(); key++) {
            pickle.text(tensors.get(key).name());
            pickle.tensor(tensors.get(key), key);
        }
        pickle.op('u').op('.');
        return pickle.out.toByteArray();
    }

    private void tensor(TensorInfo info, int key) {
        global("torch._utils", "_rebuild_tensor_v2");
        op('(');
        op('(');
        text("storage");
        global("torch", TorchWriter.storage(info));
        text(Integer.toString(key));
        text("cpu");
        number(info.count());
        op('t').op('Q');
        number(0);
        long[] shape = info.shape();
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        tuple(shape);
        tuple(strides);
        op(0x89);
        global("collections", "OrderedDict");
        op(')').op('R');
        op('t').op('R');
    }

    private void tuple(long[] numbers) {
        op('(');
        for (long number : numbers) {
            number(number);
        }
        op('t');
    }

    private void global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X');
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private void number(long value) {
        if (value <= Integer.MAX_VALUE) {
            op('J');
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
        } else {
            op(0x8a).op(8);
            out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        }
    }

    private StatePickle op(int code) {
        out.write(code);
        return this;
    }
}
