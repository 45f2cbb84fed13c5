package dhara.transforms.join;

import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A version in a table.
 *
 * <p>One that was read from a block stays encoded until a fact sees it: in a busy reference half of
 * the versions are replaced before that, and a sweep copies the bytes of those that remain. Only
 * the time is decoded at once, because versions are ordered by it; it is not an object, because a
 * search compares those of many versions.
 */
final class HeldVersion<T extends Record> {

  private final long second;
  private final int nano;

  /** Null until it is asked for. */
  private @Nullable Version<T> version;

  private final @Nullable Coder<Version<T>> coder;
  private byte[] block;
  private int offset;
  private int sumOffset;
  private int end;

  /** A version that is in no block. */
  HeldVersion(Version<T> version) {
    Instant at = version.at();
    this.second = at.getEpochSecond();
    this.nano = at.getNano();
    this.version = version;
    this.coder = null;
    this.block = new byte[0];
  }

  /** The version that a reader is at. */
  HeldVersion(Instant at, BlockReader entry, Coder<Version<T>> coder) {
    this.second = at.getEpochSecond();
    this.nano = at.getNano();
    this.coder = coder;
    this.block = entry.block();
    this.offset = entry.offset();
    this.sumOffset = entry.sumOffset();
    this.end = entry.end();
  }

  /** Whether it holds only from a time after this one. */
  boolean isAfter(Instant at) {
    long other = at.getEpochSecond();
    return second > other || (second == other && nano > at.getNano());
  }

  /** Whether it holds from a time before this one. */
  boolean isBefore(Instant at) {
    long other = at.getEpochSecond();
    return second < other || (second == other && nano < at.getNano());
  }

  /** The value, if there is one. */
  Optional<T> held() {
    return version().held();
  }

  /** Negative if this one is before the other: by time, then by id. */
  int compareTo(HeldVersion<T> other) {
    if (second != other.second) {
      return second < other.second ? -1 : 1;
    }
    return nano != other.nano
        ? Integer.compare(nano, other.nano)
        : version().id().compareTo(other.version().id());
  }

  /** All of it; decoded once. */
  Version<T> version() {
    if (version == null) {
      try {
        RecordInput bytes = new RecordInput(block, sumOffset, end);
        version = coder.decode(bytes);
        if (bytes.available() > 0) {
          throw new CoderException(bytes.available() + " bytes are left behind a version");
        }
      } catch (IOException e) {
        throw new UncheckedIOException("a block of versions is broken", e);
      }
    }
    return version;
  }

  /** Copies it to the end of another block. */
  void copyTo(BlockWriter writer) {
    writer.copy(block, offset, end);
  }

  /**
   * Lets go of its block, because there is a copy in another one.
   *
   * @param start where the copy starts
   * @return where it ends
   */
  int moveTo(byte[] copied, int start) {
    int by = start - offset;
    block = copied;
    offset = start;
    sumOffset += by;
    end += by;
    return end;
  }
}
