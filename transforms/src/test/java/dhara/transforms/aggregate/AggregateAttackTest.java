package dhara.transforms.aggregate;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.CoderAttack;
import dhara.records.RecordCoder;
import dhara.samples.Sale;
import dhara.transforms.backfill.WindowedKey;
import dhara.transforms.effect.Incident;
import dhara.transforms.effect.IncidentCoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.util.VarInt;
import org.junit.jupiter.api.Test;

class AggregateAttackTest {

  private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");

  record Host(String name) {}

  private static Answer<Incident<Host>, Sale> answer(long revision, boolean first) {
    Sale sale = new Sale("i", TEN, "o", "p", null, "IN", null, "c", 3, 250);
    Incident<Host> incident = new Incident<>("a 2026-03-01", new Host("a"));
    return new Answer<>(incident, TEN, TEN.plusSeconds(60), revision, first, sale);
  }

  @Test
  void bytesAreAnAnswerOrAnError() throws IOException {
    CoderAttack.on(
        "answer",
        20,
        AnswerCoder.of(IncidentCoder.of(RecordCoder.of(Host.class)), RecordCoder.of(Sale.class)),
        List.of(
            answer(0, true),
            answer(0, false),
            answer(1_767_603_600_000_000L, true),
            Answer.withdrawn(answer(0, true).key(), TEN, TEN.plusSeconds(60), 7)));
  }

  @Test
  void aRevisionBeyondAllIsAnErrorOfTheCoder() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    VarInt.encode(7L, bytes);
    VarInt.encode(0L, bytes);
    VarInt.encode(60_000L, bytes);
    VarInt.encode(Long.MIN_VALUE, bytes);

    assertThrows(
        CoderException.class,
        () ->
            AnswerCoder.of(VarLongCoder.of(), VarLongCoder.of())
                .decode(new ByteArrayInputStream(bytes.toByteArray())));
  }

  @Test
  void bytesAreASessionOrAnError() throws IOException {
    Coder<Session<Long>> sessions = SessionCoder.of(VarLongCoder.of());
    List<Session.Given> given = List.of(new Session.Given(1_000, 61_000, 3));
    CoderAttack.on(
        "session",
        20,
        sessions,
        List.of(Session.of(1_000, 5L), new Session<>(1_000, 9_000, 7L, given, true)));
  }

  @Test
  void bytesAreAKeyInItsWindowOrAnError() throws IOException {
    CoderAttack.on(
        "windowed key",
        10,
        WindowedKey.InWindow.of(RecordCoder.of(Host.class)),
        List.of(
            new WindowedKey<>(0, 60_000, new Host("a")), new WindowedKey<>(-1, 5, new Host(""))));
  }
}
