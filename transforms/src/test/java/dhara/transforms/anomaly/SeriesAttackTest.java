package dhara.transforms.anomaly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.CoderAttack;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class SeriesAttackTest {

  private static final SeriesMemory.Coder CODER = new SeriesMemory.Coder();

  private static SeriesMemory memory(int numbers) {
    Memory inner = Memory.ofZeros(3);
    Memory outer = Memory.around(inner, 0);
    for (int i = 0; i < numbers; i++) {
      outer.add(i % 3 / 7.0);
    }
    return new SeriesMemory(1_767_603_600_000L, 4.5, List.of(Memory.ofZeros(2), outer));
  }

  @Test
  void bytesAreTheMemoryOfASeriesOrAnError() throws IOException {
    CoderAttack.on("series", 20, CODER, List.of(memory(0), memory(20)));
  }

  @Test
  void aMemoryOfManyNumbersIsReadWhole() throws CoderException {
    SeriesMemory many = memory(10_000);

    assertThat(CoderUtils.clone(CODER, many), is(many));
  }

  @Test
  void aMemoryThatBreaksOffIsNotZerosWithoutEnd() {
    byte[] twoBillionNumbers = {0, 0, 1, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};

    assertThrows(
        EOFException.class, () -> CODER.decode(new ByteArrayInputStream(twoBillionNumbers)));
  }

  @Test
  void aMemoryWithinEndlessOthersIsRefused() {
    byte[] nested = new byte[100_000];
    nested[2] = 1;
    for (int i = 4; i < nested.length; i += 2) {
      nested[i] = 1;
    }

    assertThrows(CoderException.class, () -> CODER.decode(new ByteArrayInputStream(nested)));
  }
}
