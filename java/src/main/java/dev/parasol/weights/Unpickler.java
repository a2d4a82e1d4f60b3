package dev.parasol.weights;

import dev.parasol.files.Shown;
import dev.parasol.weights.Pickle.Name;
import dev.parasol.weights.Pickle.Storage;
import dev.parasol.weights.Pickle.Tensor;
import dev.parasol.weights.Pickle.Tuple;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a PyTorch checkpoint without executing anything. A pickle is a program that may call any function;
 * general readers make stand-ins for what they do not know and allocate whatever size the program names. This one knows
 * the few opcodes of protocol 2 to 5 that {@code torch.save} writes, and the functions of {@link Pickle.Name}, which it
 * interprets itself; at anything else it stops. Every opcode takes at least one byte and makes at most one object, and
 * text is no longer than the bytes that are there, so memory and time are linear in the size of the pickle.
 *
 * <p>Opcodes: Python's {@code pickletools} documents them.
 */
final class Unpickler {
    /** Numbers by PyTorch. They are put into names again and again, so that long ones would take more than their share. */
    private static final int MOST_KEY = 64;

    private final String source;
    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Unpickler(String source, byte[] pickle) {
        this.source = source;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The object that {@code pickle} describes, made of the types named in {@link Pickle}, boxed numbers, String, Map and List. */
    static Object read(String source, byte[] pickle) {
        Unpickler unpickler = new Unpickler(source, pickle);
        try {
            return unpickler.run();
        } catch (BufferUnderflowException e) {
            throw new ModelException(source + " ends within its pickle, after " + pickle.length + " bytes", e);
        }
    }

    private Object run() {
        for (;;) {
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            execute(opcode);
        }
    }

    private void execute(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(in.get());
            case 0x95 -> in.getLong();                                          // FRAME: a hint for buffered readers
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(peek());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.getInt());
            case 'K' -> push((long) (in.get() & 0xff));
            case 'M' -> push((long) (in.getShort() & 0xffff));
            case 0x8a -> push(longInteger(in.get() & 0xff));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X' -> push(text(in.getInt() & 0xffffffffL));
            case 0x8c, 'U', 'C' -> push(text(in.get() & 0xff));                 // short forms of text and bytes
            case 'T', 'B' -> push(text(in.getInt() & 0xffffffffL));
            case ')' -> push(new Tuple(new Object[0]));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 't' -> push(new Tuple(popToMark()));
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(new ArrayList<>(Arrays.asList(popToMark())));
            case 'a' -> append(new Object[] {pop()});
            case 'e' -> append(popToMark());
            case '}' -> push(new LinkedHashMap<>());
            case 'd' -> dictionary(popToMark());
            case 's' -> setItem();
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put(in.get() & 0xff, peek());
            case 'r' -> memo.put(in.getInt(), peek());
            case 0x94 -> memo.put(memo.size(), peek());
            case 'h' -> recall(in.get() & 0xff);
            case 'j' -> recall(in.getInt());
            case 'c' -> global(line(), line());
            case 0x93 -> stackGlobal();
            case 'i' -> throw refuse(line() + "." + line());                    // INST: find a class and make one
            case 'Q' -> push(storage(pop()));
            case 'R' -> reduce();
            case 'b' -> build();
            case 'o', 0x81, 0x92 -> throw refuse("something by opcode 0x" + Integer.toHexString(opcode));
            case 0x82, 0x83, 0x84 -> throw refuse("a registered extension");
            default -> throw broken("has the opcode 0x" + Integer.toHexString(opcode) + ", which no checkpoint of PyTorch needs");
        }
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw broken("is of protocol " + version + ", expected 2 to 5");
        }
    }

    private long longInteger(int length) {
        if (length > 8) {
            throw broken("has a whole number of " + length + " bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (in.get() & 0xffL) << 8 * i;
        }
        return length == 0 ? 0 : value << 64 - 8 * length >> 64 - 8 * length;
    }

    private String text(long length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // up to the end of the line
        }
        return new String(in.array(), start, in.position() - start - 1, StandardCharsets.UTF_8);
    }

    private void tuple(int size) {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        push(new Tuple(items));
    }

    private void append(Object[] items) {
        if (!(peek() instanceof List<?>)) {
            throw broken("appends to what is no list");
        }
        @SuppressWarnings("unchecked") // every list on the stack was made here
        List<Object> list = (List<Object>) peek();
        list.addAll(Arrays.asList(items));
    }

    private void dictionary(Object[] items) {
        push(new LinkedHashMap<>());
        setItems(items);
    }

    private void setItem() {
        Object value = pop();
        setItems(new Object[] {pop(), value});
    }

    private void setItems(Object[] items) {
        if (!(peek() instanceof Map<?, ?>) || items.length % 2 != 0) {
            throw broken("sets items of what is no mapping");
        }
        @SuppressWarnings("unchecked") // every map on the stack was made here
        Map<Object, Object> map = (Map<Object, Object>) peek();
        for (int i = 0; i < items.length; i += 2) {
            Object key = items[i];
            // Collections as keys would be hashed, and they can contain themselves.
            if (!(key instanceof String || key instanceof Long || key instanceof Boolean || key instanceof Double)) {
                throw broken("has a mapping whose key is neither text nor a number");
            }
            map.put(key, items[i + 1]);
        }
    }

    private void recall(int index) {
        if (!memo.containsKey(index)) {
            throw broken("recalls item " + index + ", which it has not stored");
        }
        push(memo.get(index));
    }

    private void stackGlobal() {
        Object name = pop();
        Object module = pop();
        if (!(name instanceof String && module instanceof String)) {
            throw broken("names a function by something other than text");
        }
        global((String) module, (String) name);
    }

    private void global(String module, String name) {
        Name known = Name.of(module, name);
        if (known == null) {
            throw refuse(module + "." + name);
        }
        push(known);
    }

    private Storage storage(Object id) {
        if (id instanceof Tuple t && t.items().length == 5 && "storage".equals(t.items()[0]) && t.items()[1] instanceof Name type
                && type.storage() != null && t.items()[2] instanceof String key && key.length() <= MOST_KEY && t.items()[4] instanceof Long count && count >= 0) {
            return new Storage(type.storage(), key, count);
        }
        throw broken("refers to a storage that is not ('storage', type, key, location, count)");
    }

    private void reduce() {
        Object arguments = pop();
        Object callable = pop();
        if (!(callable instanceof Name name && arguments instanceof Tuple tuple)) {
            throw broken("calls what is no function");
        }
        Object[] items = tuple.items();
        switch (name) {
            case ORDERED_DICT -> orderedDict(items);
            case REBUILD_TENSOR -> push(tensor(items));
            case REBUILD_PARAMETER -> parameter(items);
            default -> throw refuse("torch." + name + " as a function");
        }
    }

    private void orderedDict(Object[] arguments) {
        if (arguments.length != 0) {
            throw broken("makes an OrderedDict with arguments");
        }
        push(new LinkedHashMap<>());
    }

    private void parameter(Object[] arguments) {
        if (arguments.length == 0 || !(arguments[0] instanceof Tensor)) {
            throw broken("makes a parameter of what is no tensor");
        }
        push(arguments[0]);
    }

    private Tensor tensor(Object[] arguments) {
        if (arguments.length >= 4 && arguments[0] instanceof Storage storage && arguments[1] instanceof Long offset) {
            return new Tensor(storage, offset, sizes(arguments[2]), sizes(arguments[3]));
        }
        throw broken("makes a tensor of other than storage, offset, size and strides");
    }

    private long[] sizes(Object value) {
        if (!(value instanceof Tuple tuple)) {
            throw broken("makes a tensor whose size is no tuple");
        }
        if (tuple.items().length > TorchCheckpoint.MAX_RANK) {
            // one tuple can be the size of many tensors, and each would have a copy
            throw broken("makes a tensor of " + tuple.items().length + " dimensions");
        }
        long[] sizes = new long[tuple.items().length];
        for (int i = 0; i < sizes.length; i++) {
            if (!(tuple.items()[i] instanceof Long size)) {
                throw broken("makes a tensor whose size is no whole number");
            }
            sizes[i] = size;
        }
        return sizes;
    }

    /** Sets attributes of the object below; only a mapping has some that are harmless (a state_dict's {@code _metadata}), and none is of use. */
    private void build() {
        pop();
        if (!(peek() instanceof Map<?, ?>)) {
            throw refuse("__setstate__ of an object");
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        int bottom = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= bottom) {
            throw broken("takes from an empty stack");
        }
        return stack.remove(stack.size() - 1);
    }

    private Object peek() {
        if (stack.isEmpty()) {
            throw broken("takes from an empty stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object[] popToMark() {
        if (marks.isEmpty()) {
            throw broken("takes up to a mark that is not there");
        }
        List<Object> top = stack.subList(marks.remove(marks.size() - 1), stack.size());
        Object[] items = top.toArray();
        top.clear();
        return items;
    }

    private ModelException refuse(String what) {
        return new ModelException(source + " asks to call " + Shown.of(what) + ", which no checkpoint needs; nothing was executed");
    }

    private ModelException broken(String what) {
        return new ModelException(source + " is not a pickle as PyTorch writes it: it " + what + " (byte " + in.position() + ")");
    }
}
