package dhara.transforms.effect;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.time.Instant;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class IncidentCoderTest {

  record Host(String name) {}

  @Test
  void whatIsActedOnIsCodedAsTheKeyOfAnAnswer() throws Exception {
    IncidentCoder<Host> incidents = IncidentCoder.of(RecordCoder.of(Host.class));
    Incident<Host> incident = new Incident<>("a 2026-03-01", new Host("a"));
    Instant ten = Instant.parse("2026-03-01T10:00:00Z");

    CoderProperties.coderDecodeEncodeEqual(incidents, incident);
    CoderProperties.coderSerializable(incidents);
    CoderProperties.coderDecodeEncodeEqual(
        AnswerCoder.of(incidents, VarLongCoder.of()),
        new Answer<>(incident, ten, ten.plusSeconds(60), 0, 7L));
  }
}
