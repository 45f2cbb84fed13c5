package dhara.tools.redrive;

import dhara.options.DharaOptions;
import dhara.options.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code redrive}. */
public interface RedriveOptions extends PipelineOptions {

  @Description(
      "The dead letters: a folder, a topic or a table, or that of the answers beside which they"
          + " are, e.g. --letters=kafka://localhost:9092/metrics-dead-letters")
  @Validation.Required
  String getLetters();

  void setLetters(String value);

  @Description(
      "Where they go: the topic that the analysis reads, or a new file (.jsonl or .csv) among those"
          + " that it reads; with --output the webhook or Redis that did not take them, e.g."
          + " --to=kafka://localhost:9092/orders")
  @Validation.Required
  String getTo();

  void setTo(String value);

  @Description(
      "The local file that keeps what was sent. Give each redrive of these letters the same: it"
          + " sends no letter again that stands there, also after a redrive that was killed, e.g."
          + " --journal=/var/lib/dhara/orders.redrive")
  @Validation.Required
  String getJournal();

  void setJournal(String value);

  @Description(
      "Say what would be sent, by reason, and send and write nothing; this also shows which letters"
          + " are still no events, e.g. --dryRun")
  @Default.Boolean(false)
  boolean getDryRun();

  void setDryRun(boolean value);

  @Description("The input whose letters are sent; by default the first, e.g. --input=orders")
  @Nullable String getInput();

  void setInput(@Nullable String value);

  @Description(
      "The output whose rows are sent that a system did not take (UNDELIVERED), in place of events"
          + " of an input, e.g. --output=alerts")
  @Nullable String getOutput();

  void setOutput(@Nullable String value);

  @Description("Send only letters with these reasons, e.g. --reason=MISSING_FIELD,WRONG_TYPE")
  @Nullable List<String> getReason();

  void setReason(@Nullable List<String> value);

  @Description(
      "Send only letters that were read at this time or later, e.g."
          + " --seenFrom=2026-10-01T00:00:00Z")
  @Nullable Instant getSeenFrom();

  void setSeenFrom(@Nullable Instant value);

  @Description(
      "Send only letters that were read before this time, e.g. --seenUntil=2026-10-02T00:00:00Z")
  @Nullable Instant getSeenUntil();

  void setSeenUntil(@Nullable Instant value);

  @Description(
      "How often the same bytes are sent. Those that became a dead letter again after so many are"
          + " not sent any more, e.g. --attempts=3")
  @Default.Integer(3)
  int getAttempts();

  void setAttempts(int value);

  @Description(
      "The field mapping under which letters must be events now: that with which the analysis will"
          + " read them or, with --canonical, any that reads them, e.g. --map=customer=CustomerID")
  @Nullable List<String> getMap();

  void setMap(@Nullable List<String> value);

  @Description(
      "The key of letters that a run with --tokenise has sealed, by reference: env:NAME or"
          + " file:/path, e.g. --tokeniseKey=file:/etc/dhara/token.key")
  @Nullable String getTokeniseKey();

  void setTokeniseKey(@Nullable String value);

  @Description(
      "Send events as JSON with the names of their components as field names, and not their"
          + " original bytes. So a mapping can mend letters of a stream that has none, e.g."
          + " --canonical")
  @Default.Boolean(false)
  boolean getCanonical();

  void setCanonical(boolean value);

  @Description(
      "The columns of letters that are lines of CSV. A file .csv gets them as its header and the"
          + " original lines, and everything else JSON as of --canonical, e.g."
          + " --columns=id,at,price")
  @Nullable List<String> getColumns();

  void setColumns(@Nullable List<String> value);

  @Description("What separates the cells of a line of CSV: a character, or tab, e.g. --delimiter=;")
  @Default.String(",")
  String getDelimiter();

  void setDelimiter(String value);

  @Description(
      "The component whose value is the key of a record that is sent to a topic, e.g."
          + " --key=customer")
  @Default.String("id")
  String getKey();

  void setKey(String value);

  @Description(
      "Write the numbers of the redrive as JSON to a local file, e.g. --report=/tmp/redrive.json")
  @Nullable String getReport();

  void setReport(@Nullable String value);

  @Description(
      "The analysis' floor of event time, to know which letters would be dead again, e.g."
          + " --notBefore=2000-01-01T00:00:00Z")
  @Default.InstanceFactory(DharaOptions.Year2000.class)
  Instant getNotBefore();

  void setNotBefore(Instant value);

  @Description(
      "The analysis' --maxSkew, to know which letters would be dead again, e.g. --maxSkew=PT1H")
  @Default.InstanceFactory(Durations.OneDay.class)
  Duration getMaxSkew();

  void setMaxSkew(Duration value);

  @Description("The analysis' longest event in bytes, e.g. --maxEventBytes=1048576")
  @Default.Integer(1 << 20)
  int getMaxEventBytes();

  void setMaxEventBytes(int value);
}
