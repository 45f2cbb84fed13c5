package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Endpoint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes events to a new file, a line each. The file appears when it is complete, so a redrive that
 * is killed leaves none.
 */
final class FileOutlet implements Outlet {

  private final Endpoint endpoint;
  private final Path file;
  private final Path unfinished;
  private final @Nullable String header;
  private @Nullable FileChannel channel;
  private @Nullable OutputStream out;
  private long lines;

  /**
   * @param endpoint that of the file, for errors
   * @param header the first line of CSV; null if the events are JSON
   */
  FileOutlet(Endpoint endpoint, Path file, @Nullable String header) {
    this.endpoint = endpoint;
    this.file = file;
    this.unfinished =
        file.resolveSibling(
            "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    this.header = header;
  }

  @Override
  public Map<String, String> send(List<Outgoing> letters) throws IOException {
    OutputStream to = out == null ? open() : out;
    for (Outgoing each : letters) {
      byte[] line = header == null ? onOneLine(each.mended().bytes()) : each.mended().bytes();
      for (long copy = 0; copy < each.letter().count(); copy++) {
        to.write(line);
        to.write('\n');
        lines++;
      }
    }
    return Map.of();
  }

  private OutputStream open() throws IOException {
    if (Files.exists(file)) {
      throw endpoint.bad("is there already, and belongs to an earlier redrive; name a new file");
    }
    channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    out = new BufferedOutputStream(Channels.newOutputStream(channel));
    if (header != null) {
      out.write((header + "\n").getBytes(UTF_8));
    }
    return out;
  }

  /** A line break in JSON stands between tokens, where a space is the same. */
  private static byte[] onOneLine(byte[] json) {
    byte[] line = json.clone();
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\n' || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    return line;
  }

  @Override
  public void finish() throws IOException {
    if (out == null || channel == null) {
      return;
    }
    out.flush();
    channel.force(true);
    out.close();
    out = null;
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public long arrived() {
    return lines;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
      Files.deleteIfExists(unfinished);
    }
  }
}
