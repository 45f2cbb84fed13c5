package dhara.benchmarks.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * What Flight Recorder's samples of running threads show. Threads that wait are not sampled; nor
 * are the collector and the compiler, which run no Java.
 *
 * @param count how many samples
 * @param frames the methods in which most samples were taken, most first
 * @param owners whose code that was: for a method of the JDK the nearest caller that is not
 */
record Samples(long count, List<Share> frames, List<Share> owners) {

  /** How many samples were in something. */
  record Share(String what, long samples) {}

  private static final int MOST_FRAMES = 25;

  /** Whose code it is, by the beginning of the class's name; the longest that fits counts. */
  private static final Map<String, String> OWNERS =
      Map.ofEntries(
          Map.entry("dhara.benchmarks.", "the contestant"),
          Map.entry("dhara.formats.", "Dhara: formats (parsing)"),
          Map.entry("dhara.records.", "Dhara: records (coders)"),
          Map.entry("dhara.transforms.", "Dhara: transforms"),
          Map.entry("dhara.connectors.", "Dhara: connectors (sources, sinks)"),
          Map.entry("dhara.assembly.", "Dhara: assembly"),
          Map.entry("dhara.ledger.", "Dhara: ledger"),
          Map.entry("dhara.pipelines.", "Dhara: analyses"),
          Map.entry("com.fasterxml.jackson.", "Jackson"),
          Map.entry("org.apache.beam.runners.flink.metrics.", "Beam on Flink: metrics"),
          Map.entry("org.apache.beam.runners.flink.", "Beam: Flink runner"),
          Map.entry("org.apache.beam.runners.core.metrics.", "Beam: metrics"),
          Map.entry("org.apache.beam.runners.", "Beam: runners' core"),
          Map.entry("org.apache.beam.sdk.io.kafka.", "Beam: KafkaIO"),
          Map.entry("org.apache.beam.", "Beam: SDK"),
          Map.entry("org.apache.flink.", "Flink"),
          Map.entry("org.apache.kafka.", "Kafka client"),
          Map.entry("org.joda.time.", "Joda time"),
          Map.entry("net.jpountz.", "lz4"));

  /** The samples of a recording from a moment on. */
  static Samples read(Path recording, Instant from) throws IOException {
    Map<String, Long> frames = new HashMap<>();
    Map<String, Long> owners = new HashMap<>();
    long count = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        RecordedStackTrace trace = event.getStackTrace();
        if (!event.getEventType().getName().equals("jdk.ExecutionSample")
            || trace == null
            || trace.getFrames().isEmpty()
            || event.getStartTime().isBefore(from)) {
          continue;
        }
        count++;
        frames.merge(name(trace.getFrames().get(0).getMethod()), 1L, Long::sum);
        owners.merge(owner(trace.getFrames()), 1L, Long::sum);
      }
    }
    return new Samples(count, most(frames, MOST_FRAMES), most(owners, Integer.MAX_VALUE));
  }

  private static String name(RecordedMethod method) {
    return method.getType().getName() + "." + method.getName();
  }

  private static String owner(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      String owner =
          OWNERS.keySet().stream()
              .filter(type::startsWith)
              .max(Comparator.comparingInt(String::length))
              .map(OWNERS::get)
              .orElse("");
      if (!owner.isEmpty()) {
        return owner;
      }
    }
    return "others (the JDK itself, the harness)";
  }

  private static List<Share> most(Map<String, Long> counts, int most) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .map(each -> new Share(each.getKey(), each.getValue()))
        .toList();
  }
}
