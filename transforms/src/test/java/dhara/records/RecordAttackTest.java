package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.Ids;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.CoderException;
import org.junit.jupiter.api.Test;

class RecordAttackTest {

  record Sketches(Distinct users, Percentiles millis, ExactSum celsius, Ids orders) {}

  @Test
  void bytesAreARecordOrAnError() throws IOException {
    Random random = new Random(7);
    CoderAttack.on(
        "record",
        50,
        RecordCoder.of(Everything.class),
        Stream.generate(() -> Everything.random(random)).limit(20).toList());
  }

  @Test
  void bytesAreARecordOfSketchesOrAnError() throws IOException {
    Distinct few = Distinct.of("a").plus(Distinct.of("b"));
    Distinct many = few;
    Percentiles millis = Percentiles.of(5);
    ExactSum sum = ExactSum.of(0.1);
    Ids ids = Ids.of("a", 3);
    for (int i = 0; i < 5_000; i++) {
      many = many.plus(Distinct.of(i));
      millis = millis.plus(Percentiles.of(i));
      sum = sum.plus(ExactSum.of(i / 3.0));
      ids = ids.plus(Ids.of("o" + i % 7, 3));
    }
    CoderAttack.on(
        "sketches",
        30,
        RecordCoder.of(Sketches.class),
        List.of(
            new Sketches(Distinct.NONE, Percentiles.NONE, ExactSum.NONE, Ids.NONE),
            new Sketches(few, Percentiles.of(1), ExactSum.of(-0.5), Ids.of("x", 10)),
            new Sketches(many, millis, sum, ids)));
  }

  @Test
  void aLengthBeyondTheBytesIsNotAllocated() {
    byte[] twoBillion = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 1, 2};
    byte[] negative = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};

    assertThat(
        assertThrows(
                EOFException.class,
                () -> RecordInput.readBytes(new ByteArrayInputStream(twoBillion)))
            .getMessage(),
        containsString("of 2147483647 bytes ends after 2"));
    assertThrows(
        CoderException.class, () -> RecordInput.readText(new ByteArrayInputStream(negative)));
  }
}
