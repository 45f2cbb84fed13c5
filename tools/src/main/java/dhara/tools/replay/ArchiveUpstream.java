package dhara.tools.replay;

import dhara.connectors.files.Archive;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the archive of one lane, as far as its next record. */
final class ArchiveUpstream implements Upstream {

  private final Archive.Reading<?> reading;

  private ArchiveUpstream(Archive.Reading<?> reading) {
    this.reading = reading;
  }

  /** Reads an archive, and moves its events. */
  static <T extends Record & Event> ArchiveUpstream of(
      Archive<T> archive, ReplayLines lines, TimeShift shift, ReplayPlan<T> plan) {
    return new ArchiveUpstream(
        archive.open(lines.mapping(), shift.moves() ? new Moving<>(shift, plan) : plan));
  }

  @Override
  public void fill(Lane<?> lane) throws IOException {
    while (!lane.ready()) {
      if (!reading.next()) {
        lane.end();
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    reading.close();
  }

  /** The time of the first event of an archive; empty if it has none. */
  static <T extends Record & Event> Optional<Instant> first(Archive<T> archive, ReplayLines lines)
      throws IOException {
    First<T> first = new First<>();
    try (Archive.Reading<T> reading = archive.open(lines.mapping(), first)) {
      while (first.at == null && reading.next()) {
        // Lines before the first event are no events.
      }
    }
    return Optional.ofNullable(first.at);
  }

  private static final class First<T extends Record & Event> implements Archive.ArchiveTaker<T> {

    private @Nullable Instant at;

    @Override
    public void event(T event, byte[] json) {
      at = event.at();
    }

    @Override
    public void garbage(Reason reason, byte[] line) {
      // It has no time.
    }
  }

  /** Passes on events that are moved, and so have no line of their own any more. */
  private static final class Moving<T extends Record & Event> implements Archive.ArchiveTaker<T> {

    private final TimeShift shift;
    private final Archive.ArchiveTaker<T> taker;

    Moving(TimeShift shift, Archive.ArchiveTaker<T> taker) {
      this.shift = shift;
      this.taker = taker;
    }

    @Override
    public void event(T event, byte[] json) throws IOException {
      taker.event(shift.of(event), new byte[0]);
    }

    @Override
    public void garbage(Reason reason, byte[] line) throws IOException {
      taker.garbage(reason, line);
    }
  }
}
