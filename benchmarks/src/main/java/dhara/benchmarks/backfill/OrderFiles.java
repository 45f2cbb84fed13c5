package dhara.benchmarks.backfill;

import dhara.benchmarks.harness.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Files of a shop's orders, written before a work and the same for all its contestants.
 *
 * @param rows what the rows are like
 * @param json JSON lines; otherwise CSV with a header in each file
 * @param gzip whether files are compressed
 * @param files how many files the rows are divided into, in their order
 */
record OrderFiles(OrderRows.Shape rows, boolean json, boolean gzip, int files) {

  private static final int BUFFER = 1 << 20;

  /** The files of a work, as its parameters say. */
  static OrderFiles of(Task task) {
    return new OrderFiles(
        new OrderRows.Shape(
            task.number("seed"), task.events(), Boolean.parseBoolean(task.text("sparse"))),
        task.text("format").equals("json"),
        Boolean.parseBoolean(task.text("gzip")),
        Math.toIntExact(task.number("files")));
  }

  OrderFiles {
    if (files < 1) {
      throw new IllegalArgumentException("rows need at least one file, not " + files);
    }
  }

  /**
   * Writes them.
   *
   * @param folder where; it is created
   * @return how many rows are copies of others
   */
  long write(Path folder) throws IOException {
    Files.createDirectories(folder);
    OrderRows source = new OrderRows(rows);
    for (int file = 0; file < files; file++) {
      long until = rows.rows() * (file + 1) / files;
      try (OutputStream out = open(folder.resolve(name(file)))) {
        OrderText text = new OrderText(out, json);
        for (long row = rows.rows() * file / files; row < until; row++) {
          text.write(source.next());
        }
        text.flush();
      }
    }
    return source.copies();
  }

  private String name(int file) {
    return String.format("orders-%05d.%s%s", file, json ? "jsonl" : "csv", gzip ? ".gz" : "");
  }

  private OutputStream open(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return gzip ? new GZIPOutputStream(out, BUFFER) : out;
  }
}
