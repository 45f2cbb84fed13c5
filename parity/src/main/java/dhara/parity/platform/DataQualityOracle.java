package dhara.parity.platform;

import com.google.auto.service.AutoService;
import dhara.events.DeadLetter.Reason;
import dhara.options.DharaOptions;
import dhara.pipelines.platform.quality.DataQuality;
import dhara.pipelines.platform.quality.DeadLetterRow;
import dhara.pipelines.platform.quality.LateRow;
import dhara.pipelines.platform.quality.LedgerRow;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Counts the rows of each period, and compares it anew with all periods of the days before. */
@AutoService(Oracle.class)
public final class DataQualityOracle implements Oracle {

  @Override
  public String analysis() {
    return "data-quality";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--period=PT20M",
            "--scoreBelow=99",
            "--leastRecords=700",
            "--volumeDays=2",
            "--volumeDeviations=1.5",
            "--silentAfter=PT25M",
            "--idField=customer",
            "--timeField=amount"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    DataQuality.Options options = given.as(DataQuality.Options.class);
    List<LedgerRow> ledgers = inputs.of("ledger", LedgerRow.class);
    List<DeadLetterRow> dead = inputs.of("dead-letters", DeadLetterRow.class);
    List<LateRow> late = inputs.of("late", LateRow.class);
    TreeSet<String> sources = new TreeSet<>();
    Stream.of(
            ledgers.stream().map(LedgerRow::input),
            dead.stream().map(DeadLetterRow::input),
            late.stream().map(LateRow::input))
        .flatMap(names -> names)
        .forEach(sources::add);
    List<String> quality = new ArrayList<>();
    List<String> alerts = new ArrayList<>();
    for (String source : sources) {
      new Judge(source, options, quality, alerts)
          .judge(
              ledgers.stream()
                  .filter(row -> row.input().equals(source))
                  .sorted(Comparator.comparing(LedgerRow::at).thenComparing(LedgerRow::id))
                  .toList(),
              dead.stream().filter(row -> row.input().equals(source)).toList(),
              late.stream().filter(row -> row.input().equals(source)).toList());
    }
    return Map.of("quality", quality, "alerts", alerts);
  }

  /** A period of a source. */
  private static final class Period {
    private long read;
    private long dead;
    private long late;
    private long duplicates;
    private long missed;
    private long nullIds;
    private long invalidTimes;
    private final Map<String, Long> reasons = new TreeMap<>();
  }

  private static final class Judge {

    private final String source;
    private final DataQuality.Options options;
    private final List<String> quality;
    private final List<String> alerts;
    private final TreeMap<Instant, Period> byEnd = new TreeMap<>();
    private @Nullable Instant since;

    Judge(String source, DataQuality.Options options, List<String> quality, List<String> alerts) {
      this.source = source;
      this.options = options;
      this.quality = quality;
      this.alerts = alerts;
    }

    private Period period(Instant at) {
      long width = options.getPeriod().toMillis();
      long end = (Math.floorDiv(at.toEpochMilli(), width) + 1) * width;
      return byEnd.computeIfAbsent(Instant.ofEpochMilli(end), key -> new Period());
    }

    void judge(List<LedgerRow> ledgers, List<DeadLetterRow> dead, List<LateRow> late) {
      LedgerRow zero = new LedgerRow("", Instant.EPOCH, source, 0, 0, 0, 0);
      LedgerRow before = zero;
      for (LedgerRow now : ledgers) {
        LedgerRow from = now.read() < before.read() ? zero : before;
        Period period = period(now.at());
        period.read += now.read() - from.read();
        period.dead += Math.max(0, now.deadLettered() - from.deadLettered());
        period.late += Math.max(0, now.late() - from.late());
        period.duplicates += Math.max(0, now.duplicate() - from.duplicate());
        before = now;
      }
      for (DeadLetterRow row : dead) {
        long records = row.records() == null ? 1 : row.records();
        Period period = period(row.at());
        period.reasons.merge(row.reason().name(), records, Long::sum);
        if (row.text().matches(options.getIdField() + " .*")) {
          period.nullIds += records;
        }
        if (row.text().matches(options.getTimeField() + " .*")
            || List.of(Reason.TOO_OLD, Reason.IN_THE_FUTURE).contains(row.reason())) {
          period.invalidTimes += records;
        }
      }
      late.forEach(row -> period(row.at()).missed++);
      judge();
    }

    private void judge() {
      Duration width = options.getPeriod();
      long widths = -Math.floorDiv(-options.getSilentAfter().toMillis(), width.toMillis());
      Instant silent = null;
      for (Map.Entry<Instant, Period> each : byEnd.entrySet()) {
        if (silent != null && silent.isBefore(each.getKey())) {
          silence(silent);
          silent = null;
        }
        judge(each.getKey(), each.getValue());
        if (each.getValue().read > 0) {
          silent = each.getKey().plus(width.multipliedBy(widths));
        } else if (each.getKey().equals(silent)) {
          silent = silent.plus(width);
        }
      }
      if (silent != null) {
        silence(silent);
      }
    }

    private void silence(Instant end) {
      double[] usual = usual(end);
      if (usual != null && usual[0] - options.getVolumeDeviations() * usual[1] > 0) {
        say(end, new Period(), usual, 0);
      }
    }

    private void judge(Instant end, Period period) {
      double[] usual = period.read == 0 ? null : usual(end);
      double volume = 1;
      if (usual != null) {
        double lowest = usual[0] - options.getVolumeDeviations() * usual[1];
        double highest = usual[0] + options.getVolumeDeviations() * usual[1];
        volume =
            period.read < lowest
                ? period.read / lowest
                : period.read > highest ? highest / period.read : 1;
      }
      say(end, period, usual, volume);
    }

    /** Mean and deviation of the periods in the same hour of the days before; null if too few. */
    private double @Nullable [] usual(Instant end) {
      Instant at = end.minusMillis(1);
      LocalDate day = at.atOffset(ZoneOffset.UTC).toLocalDate();
      TreeSet<LocalDate> days = new TreeSet<>();
      List<Long> volumes = new ArrayList<>();
      byEnd.forEach(
          (other, period) -> {
            Instant then = other.minusMillis(1);
            LocalDate date = then.atOffset(ZoneOffset.UTC).toLocalDate();
            if (period.read > 0
                && date.isBefore(day)
                && !date.isBefore(day.minusDays(options.getVolumeDays()))
                && then.atOffset(ZoneOffset.UTC).getHour()
                    == at.atOffset(ZoneOffset.UTC).getHour()) {
              days.add(date);
              volumes.add(period.read);
            }
          });
      if (days.size() < Math.min(2, options.getVolumeDays()) || volumes.size() < 2) {
        return null;
      }
      double mean = (double) volumes.stream().mapToLong(Long::longValue).sum() / volumes.size();
      double squares = 0;
      for (long volume : volumes) {
        squares += (volume - mean) * (volume - mean);
      }
      return new double[] {mean, Math.sqrt(squares / volumes.size())};
    }

    private void say(Instant end, Period of, double @Nullable [] usual, double volume) {
      long bad = of.dead + of.late + of.duplicates;
      double valid = of.read == 0 && bad == 0 ? 1 : 1 - (double) bad / Math.max(of.read, bad);
      Instant start = end.minus(options.getPeriod());
      List<String> reasons =
          of.reasons.entrySet().stream()
              .map(
                  each ->
                      "{\"reason\":\"%s\",\"records\":%d}"
                          .formatted(each.getKey(), each.getValue()))
              .toList();
      quality.add(
          """
          {"source":"%s",%s,"score":%s,"valid_share":%s,"volume_share":%s,"records":%d,\
          "expected":%s,"dead_letters":%d,"late":%d,"duplicates":%d,"missed":%d,"null_ids":%d,\
          "invalid_times":%d,"reasons":[%s]}"""
              .formatted(
                  source,
                  new Box<>("", start, end).window(),
                  of.read == 0 && usual == null ? null : six(100 * valid * volume),
                  six(valid),
                  six(volume),
                  of.read,
                  usual == null ? null : six(usual[0]),
                  of.dead,
                  of.late,
                  of.duplicates,
                  of.missed,
                  of.nullIds,
                  of.invalidTimes,
                  String.join(",", reasons)));
      if (of.read >= options.getLeastRecords() || volume == 0) {
        alert(end.minusMillis(1), six(100 * valid * volume));
      }
    }

    private void alert(Instant at, double score) {
      double clear = options.getScoreBelow() + 0.2 * (100 - options.getScoreBelow());
      boolean raised = since == null && score < options.getScoreBelow();
      if (!raised && (since == null || score <= clear)) {
        return;
      }
      since = raised ? at : since;
      String state = raised ? "RAISED" : "CLEARED";
      alerts.add(
          """
          {"incident":"%s/%s/%s","source":"%s",%s,"state":"%s","since":"%s","value":%s,"limit":%s}"""
              .formatted(
                  source,
                  since,
                  state,
                  source,
                  new Box<>("", at, at.plusMillis(1)).window(),
                  state,
                  Box.text(since),
                  score,
                  raised ? options.getScoreBelow() : clear));
      since = raised ? since : null;
    }
  }

  private static double six(double number) {
    return new BigDecimal(number).round(new MathContext(6)).doubleValue();
  }
}
