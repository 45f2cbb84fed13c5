package dhara.asof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.ResultSet;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.pipelines.Output;
import dhara.reconcile.AnswerRow;
import dhara.reconcile.SettledRows;
import dhara.records.RecordCoder;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.shards.EarlierOutputFn;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks up, for each question about something at a time, the answer that was in force then.
 *
 * <pre>
 *   answers ───▶ settled ─▶ versions ─┐
 *   questions ────────────────────────┴─▶ as of their time ─▶ rows
 * </pre>
 *
 * <p>Data: rows with the columns {@code by} and {@code at} → the same rows with the answer. Time:
 * an answer is in force from the last millisecond of its window on, when all of its events have
 * happened, until the next one about the same thing, or until its {@code expires_at}, inclusive. So
 * no row is told anything of its future. State: none; a worker holds the answers about a part of
 * the things. Bad data: a question without these columns fails the run, and so does one with a
 * column that the answers have too.
 *
 * <p>Of answers whose windows end together the one that starts last is in force, then the one with
 * the greatest other columns of the key, as in {@code as=latest} of Redis.
 */
public final class AsOfAnswers extends PTransform<PBegin, PCollection<AsOfRow>> {

  private static final long serialVersionUID = 1L;

  /** The column of a question's time. */
  public static final String AT = "at";

  /** The column of the moment from which on the answer was in force. */
  public static final String ANSWERED_AT = "answered_at";

  /** The column of an answer that says until when it is in force. */
  public static final String EXPIRES_AT = "expires_at";

  /** The name of the part of a set that is the file or topic itself. */
  private static final String ITSELF = "";

  private final transient ResultSet answers;
  private final transient ResultSet questions;
  private final String part;
  private final String output;
  private final List<String> values;
  private final List<String> by;
  private final @Nullable Duration ttl;

  private AsOfAnswers(
      ResultSet answers,
      ResultSet questions,
      String part,
      String output,
      List<String> values,
      List<String> by,
      @Nullable Duration ttl) {
    this.answers = answers;
    this.questions = questions;
    this.part = part;
    this.output = output;
    this.values = values;
    this.by = by;
    this.ttl = ttl;
  }

  /**
   * Looks up the answers of an output.
   *
   * @param part the name of the output in its set
   * @param by the columns of its key that name what answers are about
   */
  public static AsOfAnswers of(
      Output<?, ?> output, ResultSet answers, String part, ResultSet questions, List<String> by) {
    return new AsOfAnswers(
        answers,
        questions,
        part,
        output.name(),
        RecordFields.of(output.value()).names(),
        List.copyOf(by),
        null);
  }

  /** The same for answers without {@link #EXPIRES_AT}, which are in force for this long. */
  public AsOfAnswers expiringAfter(Duration newTtl) {
    return new AsOfAnswers(answers, questions, part, output, values, by, newTtl);
  }

  @Override
  public PCollection<AsOfRow> expand(PBegin begin) {
    PCollection<Version<Held>> history =
        begin
            .apply("Settled", SettledRows.of(answers, part, output))
            .apply("Version", ParDo.of(new VersionFn(by, ttl)))
            .setCoder(Version.coder(RecordCoder.of(Held.class)));
    List<String> columns = values;
    return questions
        .read(
            begin.getPipeline(),
            "Questions",
            Map.of(ITSELF, "questions"),
            new QuestionReader(by),
            RecordCoder.of(Question.class))
        .apply("AskedAt", WithTimestamps.<Question>of(question -> joda(question.at())))
        .setCoder(RecordCoder.of(Question.class))
        .apply(
            "AsOf",
            AsOf.of(history, Duration.ZERO)
                .withBackfillShards(SettledRows.shards(answers, part))
                .keyedBy(Question::about)
                .into(AsOfRow.class, (question, held) -> row(question, held, columns)));
  }

  private static org.joda.time.Instant joda(Instant at) {
    return org.joda.time.Instant.ofEpochMilli(at.toEpochMilli());
  }

  /**
   * A question.
   *
   * @param id its place, which no other has
   * @param about what it asks about, in the form of {@link SettledRows#key}
   * @param columns all its columns, as JSON
   */
  private record Question(String id, Instant at, String about, String columns) implements Event {}

  /**
   * An answer.
   *
   * @param at from when on it is in force
   * @param until until when, inclusive; null if only the next one ends it
   * @param value its columns, as JSON
   */
  private record Held(Instant at, @Nullable Instant until, String value) {}

  /** The rows were grouped, and groups come at the end of time. */
  private static final class VersionFn extends EarlierOutputFn<AnswerRow, Version<Held>> {

    private static final long serialVersionUID = 1L;

    private final List<String> by;
    private final @Nullable Duration ttl;

    VersionFn(List<String> by, @Nullable Duration ttl) {
      this.by = by;
      this.ttl = ttl;
    }

    @ProcessElement
    public void process(@Element AnswerRow row, OutputReceiver<Version<Held>> out) {
      ObjectNode key = object(row.key());
      ObjectNode about = RowJson.object();
      for (String column : by) {
        about.set(column, key.remove(column));
      }
      Instant at = row.end().minusMillis(1);
      // Of one end, the later start is greater; a start is an ISO time of one length.
      String rank = iso(row.start()) + rest(key);
      out.outputWithTimestamp(
          new Version<>(
              SettledRows.key(about), at, rank, new Held(at, until(row, at), row.value())),
          joda(at));
    }

    /** The texts of the other columns, which decide between answers of one window. */
    private static String rest(ObjectNode key) {
      StringBuilder rest = new StringBuilder();
      key.forEach(column -> rest.append('\0').append(column.isNull() ? "" : column.asText()));
      return rest.toString();
    }

    private @Nullable Instant until(AnswerRow row, Instant at) {
      JsonNode expires = object(row.value()).get(EXPIRES_AT);
      if (expires == null || expires.isNull()) {
        return ttl == null ? null : at.plus(ttl);
      }
      try {
        return Instant.parse(expires.asText());
      } catch (DateTimeException e) {
        IllegalStateException unreadable =
            new IllegalStateException(
                "%s %s: its %s is no time: %s"
                    .formatted(row.output(), row.key(), EXPIRES_AT, expires));
        unreadable.addSuppressed(e);
        throw unreadable;
      }
    }
  }

  /** Reads questions. */
  private record QuestionReader(List<String> by) implements WrittenRow.Reader<Question> {

    @Override
    public Question read(WrittenRow row) {
      ObjectNode about = RowJson.object();
      for (String column : by) {
        JsonNode node = row.columns().get(column);
        if (node == null || node.isNull()) {
          throw row.unreadable(
              "it has no "
                  + column
                  + (by.size() == 1
                      ? ""
                      : ", which is one of %s; --by names fewer of them, e.g. --by=%s"
                          .formatted(String.join(", ", by), by.get(0))));
        }
        about.set(column, node);
      }
      return new Question(
          row.place(), row.instant(AT), SettledRows.key(about), row.columns().toString());
    }
  }

  private static AsOfRow row(Question question, Optional<Held> found, List<String> columns) {
    Held held =
        found
            .filter(each -> each.until() == null || !question.at().isAfter(each.until()))
            .orElse(null);
    ObjectNode row = object(question.columns());
    ObjectNode value = held == null ? RowJson.object() : object(held.value());
    set(row, ANSWERED_AT, held == null ? null : RowJson.object().textNode(iso(held.at())));
    for (String column : columns) {
      set(row, column, value.get(column));
    }
    return new AsOfRow(row.toString(), held != null);
  }

  private static void set(ObjectNode row, String column, @Nullable JsonNode value) {
    if (row.has(column)) {
      throw new IllegalStateException(
          "a question has a column " + column + ", which answers have too; give it another name");
    }
    row.set(column, value);
  }

  private static String iso(Instant at) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
        .format(at.atOffset(ZoneOffset.UTC));
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) RowJson.value(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row is no JSON", e);
    }
  }
}
