package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import dev.parasol.weights.Pickle.Storage;
import dev.parasol.weights.Pickle.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A checkpoint that {@code torch.save} wrote (PyTorch 1.6 and later): a zip file of stored entries, {@code data.pkl}
 * describing the tensors and one entry {@code data/KEY} per storage, all under a folder of any name.
 */
final class TorchCheckpoint implements Checkpoint {
    /** The description of paraformer-large takes 0.2 MB; objects made from it can be a hundred times as large. */
    private static final int MAX_PICKLE_BYTES = 4 << 20;
    private static final String PICKLE = "data.pkl";
    static final int MAX_RANK = 8;
    /** Of the folder in the zip file, which is the name of the file that was saved. */
    private static final int MAX_ROOT = 256;
    private static final int BLOCK_BYTES = 1 << 16;
    /** Tensors may share a storage, but not so often that a small file becomes a large model: times the file's size. */
    private static final int MOST_SHARING = 16;

    private final String source;
    private final ZipFile zip;
    private final long fileBytes;
    private final Map<String, View> views = new LinkedHashMap<>();

    /** A checked tensor: every index that shape and strides can make lies within the entry. */
    private record View(TensorInfo info, ZipEntry entry, StoredType type, long offset, long[] strides) {
        /** Whether elements lie in row-major order without gaps. */
        boolean contiguous() {
            long[] shape = info.shape();
            long expected = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                if (shape[axis] != 1 && strides[axis] != expected) {
                    return false;
                }
                expected *= shape[axis];
            }
            return true;
        }
    }

    /** Maps a row-major index to its place in the storage. */
    private record Indexing(long[] shape, long[] strides, long offset) {
        long element(long index) {
            long element = offset;
            long rest = index;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                element += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            return element;
        }
    }

    private TorchCheckpoint(String source, ZipFile zip, long fileBytes) {
        this.source = source;
        this.zip = zip;
        this.fileBytes = fileBytes;
    }

    static TorchCheckpoint open(Path file) {
        String source = file.toString();
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (IOException | IllegalArgumentException e) {
            // IllegalArgumentException: an entry's name that is not text
            throw new ModelException(source + " is not a complete zip file (cut short?): " + Shown.of(String.valueOf(e.getMessage())), e);
        }
        TorchCheckpoint checkpoint = new TorchCheckpoint(source, zip, file.toFile().length());
        try {
            checkpoint.readDirectory();
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void readDirectory() {
        String root = root();
        if (zip.getEntry(root + "byteorder") != null && !new String(bytes(stored(root + "byteorder"), 16), StandardCharsets.US_ASCII).equals("little")) {
            throw new ModelException(source + " is not in little-endian byte order");
        }
        Object pickle = Unpickler.read(source, bytes(stored(root + PICKLE), MAX_PICKLE_BYTES));
        StateDict.tensors(source, pickle).forEach((name, tensor) -> views.put(name, check(root, name, tensor)));
        checkSizes();
    }

    /** What is in the file several times over can only be a trick: entries that overlap, or thousands of tensors of one storage. */
    private void checkSizes() {
        double taken = zip.stream().mapToDouble(entry -> Math.max(0, entry.getCompressedSize())).sum();
        if (taken > fileBytes) {
            throw new ModelException(String.format(Locale.ROOT, "%s is damaged: its entries overlap, they take %.0f bytes of the file's %d", source, taken, fileBytes));
        }
        double bytes = views.values().stream().mapToDouble(view -> (double) view.info().count() * view.type().bytes()).sum();
        if (bytes > (double) MOST_SHARING * fileBytes) {
            throw new ModelException(String.format(Locale.ROOT, "%s has %d bytes, but tensors of %.0f: they share their storage more than %d times over", source, fileBytes,
                    bytes, MOST_SHARING));
        }
    }

    private String root() {
        String found = null;
        for (var entries = zip.entries(); entries.hasMoreElements();) {
            String name = entries.nextElement().getName();
            if (name.equals("constants.pkl") || name.endsWith("/constants.pkl")) {
                throw new ModelException(source + " is a TorchScript program, expected a checkpoint (model.pt with a state_dict)");
            }
            if (name.endsWith("/" + PICKLE) && name.indexOf('/') == name.length() - PICKLE.length() - 1) {
                if (found != null) {
                    throw new ModelException(source + " has more than one " + PICKLE);
                }
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found == null) {
            throw new ModelException(source + " is a zip file without " + PICKLE + ", expected a checkpoint of PyTorch");
        }
        if (found.length() > MAX_ROOT) {
            throw new ModelException(source + " has a folder whose name takes " + found.length() + " characters, expected at most " + MAX_ROOT);
        }
        return found;
    }

    private ZipEntry stored(String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new ModelException(source + " lacks the entry " + Shown.of(name));
        }
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new ModelException(source + ": the entry " + Shown.of(name) + " is compressed, expected stored entries as PyTorch writes them");
        }
        if (entry.getSize() != entry.getCompressedSize() || entry.getSize() > fileBytes) {
            throw new ModelException(source + ": the entry " + Shown.of(name) + " is damaged: it says that it has " + entry.getSize() + " bytes and takes "
                    + entry.getCompressedSize() + " of the file's " + fileBytes);
        }
        return entry;
    }

    private View check(String root, String name, Tensor tensor) {
        String place = source + ": " + Shown.of(name);
        Storage storage = tensor.storage();
        ZipEntry entry = stored(root + "data/" + storage.key());
        long expected = storage.count() > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : storage.count() * storage.type().bytes();
        if (entry.getSize() != expected) {
            throw new ModelException(place + ": the entry " + Shown.of(entry.getName()) + " has " + entry.getSize() + " bytes, expected " + expected);
        }
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (shape.length != strides.length || shape.length > MAX_RANK) {
            throw new ModelException(place + " has " + shape.length + " sizes and " + strides.length + " strides");
        }
        long count = 1;
        long last = tensor.offset();
        try {
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] < 0 || strides[axis] < 0) {
                    throw new ModelException(place + " has a negative size or stride");
                }
                count = Math.multiplyExact(count, shape[axis]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(shape[axis] - 1, 0), strides[axis]));
            }
        } catch (ArithmeticException e) {
            throw new ModelException(place + " has impossible sizes or strides: " + TensorInfo.text(shape), e);
        }
        if (tensor.offset() < 0 || count > storage.count() || count > 0 && last >= storage.count()) {
            throw new ModelException(place + " of shape " + TensorInfo.text(shape) + " from element " + tensor.offset() + " does not fit its storage of "
                    + storage.count() + " elements");
        }
        return new View(new TensorInfo(name, storage.type().delivered(), shape), entry, storage.type(), tensor.offset(), strides);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(views.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return view(name).info();
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        View view = view(name);
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long count = target.remaining() / view.info().type().bytes();
        if (firstElement < 0 || count > view.info().count() - firstElement) {
            throw new IllegalArgumentException("elements " + firstElement + " to " + (firstElement + count) + " of " + view.info());
        }
        try {
            if (view.contiguous()) {
                readRun(view, view.offset() + firstElement, count, target);
            } else {
                gather(view, firstElement, count, target);
            }
        } catch (IOException e) {
            throw new ModelException(source + ": " + Shown.of(name) + " cannot be read: " + FileErrors.reason(e), e);
        }
        destination.position(target.position());
    }

    private void readRun(View view, long element, long count, ByteBuffer target) throws IOException {
        int width = view.type().bytes();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (InputStream in = zip.getInputStream(view.entry())) {
            in.skipNBytes(element * width);
            for (long left = count * width; left > 0; left -= block.limit()) {
                block.clear().limit((int) Math.min(left, BLOCK_BYTES));
                if (in.readNBytes(block.array(), 0, block.limit()) != block.limit()) {
                    throw new IOException("the entry " + Shown.of(view.entry().getName()) + " ends too early");
                }
                if (view.type().verbatim()) {
                    target.put(block);
                } else {
                    while (block.hasRemaining()) {
                        view.type().convert(block, target);
                    }
                }
            }
        }
    }

    /** Elements of a transposed or cut tensor: the part of the storage that they span is read whole. */
    private void gather(View view, long firstElement, long count, ByteBuffer target) throws IOException {
        int width = view.type().bytes();
        Indexing indexing = new Indexing(view.info().shape(), view.strides(), view.offset());
        long first = Long.MAX_VALUE;
        long last = -1;
        for (long i = 0; i < count; i++) {
            long element = indexing.element(firstElement + i);
            first = Math.min(first, element);
            last = Math.max(last, element);
        }
        if (count == 0) {
            return;
        }
        if ((last - first + 1) * width > Integer.MAX_VALUE - 8) {
            throw new IOException("it is not contiguous and spans more than 2 GiB");
        }
        byte[] span = new byte[(int) ((last - first + 1) * width)];
        try (InputStream in = zip.getInputStream(view.entry())) {
            in.skipNBytes(first * width);
            if (in.readNBytes(span, 0, span.length) != span.length) {
                throw new IOException("the entry " + Shown.of(view.entry().getName()) + " ends too early");
            }
        }
        ByteBuffer elements = ByteBuffer.wrap(span).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < count; i++) {
            elements.position((int) (indexing.element(firstElement + i) - first) * width);
            view.type().convert(elements, target);
        }
    }

    private View view(String name) {
        View view = views.get(name);
        if (view == null) {
            throw new ModelException(source + " has no tensor " + Shown.of(name));
        }
        return view;
    }

    private byte[] bytes(ZipEntry entry, int maxBytes) {
        if (entry.getSize() > maxBytes) {
            throw new ModelException(source + ": the entry " + Shown.of(entry.getName()) + " has " + entry.getSize() + " bytes, expected at most " + maxBytes);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) entry.getSize());
            if (bytes.length != entry.getSize()) {
                throw new IOException("it ends too early");
            }
            return bytes;
        } catch (IOException e) {
            throw new ModelException(source + ": the entry " + Shown.of(entry.getName()) + " cannot be read: " + FileErrors.reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new ModelException(source + " cannot be closed: " + FileErrors.reason(e), e);
        }
    }
}
