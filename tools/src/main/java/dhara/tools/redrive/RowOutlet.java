package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.RowSender;
import dhara.connectors.RowSender.SentRow;
import java.util.List;
import java.util.Map;

/** Sends rows to the system that did not take them. */
final class RowOutlet implements Outlet {

  private final RowSender sender;
  private long taken;

  RowOutlet(RowSender sender) {
    this.sender = sender;
  }

  @Override
  public Map<String, String> send(List<Outgoing> letters) throws InterruptedException {
    Map<String, String> untaken = sender.send(letters.stream().map(RowOutlet::row).toList());
    taken += letters.size() - untaken.size();
    return untaken;
  }

  private static SentRow row(Outgoing letter) {
    return new SentRow(
        letter.mended().name(),
        new String(letter.mended().key(), UTF_8),
        new String(letter.mended().bytes(), UTF_8));
  }

  /** Each row was taken when {@link #send} returned. */
  @Override
  public void finish() {}

  @Override
  public long arrived() {
    return taken;
  }

  @Override
  public void close() {
    sender.close();
  }
}
