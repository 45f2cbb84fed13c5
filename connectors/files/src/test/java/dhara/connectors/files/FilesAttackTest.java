package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import dhara.connectors.Counts;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Gathered;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.text.Records;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.options.BadOption;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of any bytes is read to its end, or refused with its name. No record is lost. */
class FilesAttackTest {

  private static final TimeBounds BOUNDS =
      new TimeBounds(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));
  private static final int LONGEST = 1_000;

  private static final List<String> FIELDS =
      List.of("\"id\":\"i\"", "\"at\":\"2026-01-05T09:00:00Z\"", "\"length\":5");

  /** 32 MiB of braces, in 32 KiB: a document that nothing closes, a line and a row. */
  private static final byte[] BOMB = zipped(Hostile.bytes("[{".repeat(16 << 20)));

  record Walk(String id, Instant at, long length) implements Event {}

  /** Counts what is read. */
  private static final class Taken implements SegmentReader.RecordTaker<Walk> {
    private long events;
    private long dead;
    private long last = -1;

    @Override
    public void event(Walk event, Records record) {
      events++;
      rises(record);
    }

    @Override
    public void bad(BadEvent why, Records record) {
      dead++;
      rises(record);
    }

    private void rises(Records record) {
      if (record.start() < last) {
        throw new AssertionError("byte " + record.start() + " comes after byte " + last);
      }
      last = record.start();
    }
  }

  @TempDir Path folder;

  private static byte[] text(String name, SplittableRandom random) {
    StringBuilder text = new StringBuilder(name.contains("csv") ? "id,at,length\n" : "");
    for (int i = random.nextInt(6); i >= 0; i--) {
      if (name.contains("csv")) {
        String id = random.nextBoolean() ? "\"a\nb\"" : Hostile.text(random);
        text.append(id).append(",2026-01-05T09:00:00Z,").append(random.nextInt(9));
      } else {
        text.append(Hostile.object(FIELDS, random));
      }
      text.append(random.nextInt(20) > 0 ? "\n" : "");
    }
    byte[] bytes = Hostile.bytes(text.toString());
    return random.nextInt(3) > 0 ? bytes : Hostile.broken(bytes, random);
  }

  private static byte[] made(String name, SplittableRandom random) {
    byte[] text = text(name, random);
    if (name.endsWith(".deflate")) {
      byte[] packed = packed(text);
      return random.nextBoolean() ? packed : Hostile.broken(packed, random);
    } else if (!name.endsWith(".gz")) {
      return text;
    }
    byte[] zipped = zipped(text);
    return switch (random.nextInt(200)) {
      case 0 -> BOMB;
      case 1 -> Hostile.broken(BOMB, random);
      default ->
          switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(zipped, random.nextInt(zipped.length));
            case 1 -> joined(zipped, zipped(text(name, random)));
            case 2 -> joined(zipped, text); // garbage after the end
            case 3 -> Hostile.broken(zipped, random);
            default -> zipped;
          };
    };
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] zipped(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zipped.toByteArray();
  }

  private static byte[] packed(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private Taken taken(Path file, String parameters, long segmentBytes) throws IOException {
    EventFiles<Walk> files =
        new EventFiles<>(
            Endpoint.of("--events", file + "?check=no" + parameters),
            Walk.class,
            Mapping.none(),
            "walks",
            LONGEST);
    SegmentReader<Walk> reader =
        new SegmentReader<>(Walk.class, Mapping.none(), BOUNDS, LONGEST, LONGEST, Instant.now());
    Taken taken = new Taken();
    for (Segment segment : files.segments(segmentBytes)) {
      reader.read(segment, taken);
    }
    return taken;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.jsonl", "a.csv", "a.json", "a", "a.jsonl.gz", "a.csv.gz", "a.csv.deflate"})
  void aFileIsReadToItsEndOrRefusedWithItsName(String name) throws IOException {
    Path file = folder.resolve(name);
    Map<String, Long> ends =
        Attack.of("file " + name, 8)
            .on(
                random -> made(name, random),
                bytes -> {
                  Files.write(file, bytes);
                  try {
                    Taken taken = taken(file, "", 1 + bytes.length / 3);
                    return taken.events > 0 ? "events" : "no events";
                  } catch (BadOption | IOException e) {
                    assertThat(e.getMessage(), containsString(file.toString()));
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("events", "no events"));
  }

  @Test
  void eachLineIsAnEventOrADeadLetter() {
    Path file = folder.resolve("lines.jsonl");
    Map<String, Long> ends =
        Attack.of("lines of a file", 15)
            .on(
                random -> text("jsonl", random),
                bytes -> {
                  Files.write(file, bytes);
                  Taken taken = taken(file, "&format=jsonl&encoding=UTF-8", 1 + bytes.length / 4);
                  if (taken.events + taken.dead != lines(bytes)) {
                    throw new AssertionError(
                        "%d events and %d dead letters of %d lines"
                            .formatted(taken.events, taken.dead, lines(bytes)));
                  }
                  return taken.events > 0 ? "events" : "no events";
                });

    assertThat(ends.keySet(), hasItems("events", "no events"));
  }

  private static long lines(byte[] bytes) {
    long lines = 0;
    for (int i = 0; i < bytes.length; i++) {
      lines += bytes[i] == '\n' || i == bytes.length - 1 ? 1 : 0;
    }
    return lines;
  }

  @Test
  void ofHostileLinesInAPipelineTheLedgerBalances() throws IOException {
    SplittableRandom random = new SplittableRandom(31);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 800; i++) {
      all.write(text("jsonl", random));
      all.write('\n');
    }
    Path file = Files.write(folder.resolve("hostile.jsonl"), all.toByteArray());
    Pipeline pipeline = Pipeline.create(Gathered.options());
    EventSource.Read<Walk> read =
        FilesSource.of(
                Endpoint.of("--events", file + "?check=no&format=jsonl&encoding=UTF-8"),
                Walk.class,
                Mapping.none(),
                "walks",
                BOUNDS,
                LONGEST)
            .inSegmentsOf(100_000)
            .read(pipeline, "walks", Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));
    Gathered<Walk> events = Gathered.of(read.events());
    Gathered<DeadLetter> dead = Gathered.of(read.deadLetters());
    Gathered<Counts> counts = Gathered.of(read.counts());
    pipeline.run().waitUntilFinish();

    long given = events.values().size();
    long refused = dead.values().stream().mapToLong(DeadLetter::count).sum();
    assertThat(given, greaterThan(500L));
    assertThat(refused, greaterThan(500L));
    assertThat(counts.values().stream().mapToLong(Counts::read).sum(), is(given + refused));
    assertThat(given + refused, is(lines(all.toByteArray())));
  }
}
