package dhara.transforms.shards;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Holds blocks so that they can be read twice. Engines allow a group to be read only once, unless
 * it fits in memory. Here blocks stay in memory as long as the budget has room, and later ones go
 * to a temporary file, which is deleted when this is closed or the process ends.
 */
public final class HeldBlocks implements AutoCloseable {

  /** Takes blocks in their order. */
  @FunctionalInterface
  public interface HeldBlockTaker {
    void take(byte[] block) throws IOException;
  }

  private final TableBudget budget;
  private final List<byte[]> inMemory = new ArrayList<>();
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private @Nullable FileChannel file;
  private long taken;

  /** Starts without blocks. */
  public HeldBlocks(TableBudget budget) {
    this.budget = budget;
  }

  /** Keeps a block. */
  public void add(byte[] block) throws IOException {
    if (file == null && budget.take(block.length)) {
      taken += block.length;
      inMemory.add(block);
      return;
    }
    if (file == null) {
      file = temporary();
    }
    length.clear().putInt(block.length).flip();
    writeAll(file, length);
    writeAll(file, ByteBuffer.wrap(block));
  }

  /**
   * Deleted when it is opened, if the operating system supports that, so that a crash leaves
   * nothing.
   */
  private static FileChannel temporary() throws IOException {
    Path path = Files.createTempFile("dhara-blocks-", null);
    return FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int unused = file.write(bytes);
    }
  }

  /** The bytes of blocks in memory. */
  long bytesInMemory() {
    return taken;
  }

  /** Passes on all blocks again. */
  public void forEach(HeldBlockTaker taker) throws IOException {
    for (byte[] block : inMemory) {
      taker.take(block);
    }
    if (file == null) {
      return;
    }
    file.position(0);
    for (long left = file.size(); left > 0; ) {
      readAll(file, length.clear());
      byte[] block = new byte[length.getInt(0)];
      readAll(file, ByteBuffer.wrap(block));
      taker.take(block);
      left -= Integer.BYTES + block.length;
    }
  }

  private static void readAll(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw new EOFException("a temporary file of blocks was cut short");
      }
    }
  }

  @Override
  public void close() throws IOException {
    inMemory.clear();
    budget.giveBack(taken);
    taken = 0;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
