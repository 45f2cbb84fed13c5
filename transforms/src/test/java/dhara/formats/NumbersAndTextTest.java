package dhara.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.formats.mapping.Names;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Decimal;
import dhara.formats.text.Text;
import dhara.formats.text.Utf8;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersAndTextTest {

  @Test
  void numbersAreWhatBigDecimalReads() {
    Random random = new Random(3);
    Decimal decimal = new Decimal();
    for (int i = 0; i < 30_000; i++) {
      String number = number(random);
      int scale = random.nextInt(-4, 19);
      Text text = new Text();
      text.set("n", number);
      assertThat(number, decimal.read(text), is(true));
      BigDecimal exact = new BigDecimal(number).scaleByPowerOfTen(scale);
      BigDecimal whole = exact.setScale(0, RoundingMode.FLOOR);
      long value = decimal.times10ToThe(scale);
      Decimal.Outcome outcome =
          whole.unscaledValue().bitLength() > 63
              ? Decimal.Outcome.OVERFLOW
              : whole.compareTo(exact) == 0 ? Decimal.Outcome.EXACT : Decimal.Outcome.CUT;
      assertThat(number + " e" + scale, decimal.outcome(), is(outcome));
      if (outcome != Decimal.Outcome.OVERFLOW) {
        assertThat(number + " e" + scale, value, is(whole.longValueExact()));
      }
      assertThat(number, decimal.toDouble(), is(Double.parseDouble(number)));
    }
  }

  private static String number(Random random) {
    String digits = String.valueOf(random.nextLong()).substring(random.nextInt(2));
    String shorter = digits.substring(0, 2 + random.nextInt(digits.length() - 1));
    String zeros = "0".repeat(random.nextInt(3) * random.nextInt(4));
    int point = 1 + random.nextInt(shorter.length());
    String decimals =
        random.nextBoolean()
            ? shorter.substring(0, point) + "." + shorter.substring(point) + zeros
            : shorter + zeros;
    String whole = decimals.startsWith("-.") ? "-0" + decimals.substring(1) : decimals;
    return random.nextInt(4) > 0 ? whole : whole + "e" + random.nextInt(-25, 25);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2;,    | 12,34           | 1234",
        "2;,    | -0,5            | -50",
        "2;,    | 12              | 1200",
        "2;,    | 1,5e2           | 15000",
        "2;,    | ,5              | 50",
        "2;,    | 1.5             | none",
        "2;,    | 1,5.0           | none",
        "2;,    | 1,5,0           | none",
        "2;,    | 1,234           | none",
        "2;,;.  | 1.234,56        | 123456",
        "2;,;.  | 1234,56         | 123456",
        "2;,;.  | +1.234.567      | 123456700",
        "2;,;.  | 12.34.567,8     | 123456780",
        "2;,;.  | 1.5             | none",
        "2;,;.  | 1.2345          | none",
        "2;,;.  | 1234.567        | none",
        "2;,;.  | 123.45.678      | none",
        "2;,;.  | 1.23.456.789    | none",
        "2;,;.  | .123            | none",
        "2;,;.  | 1..234          | none",
        "2;,;.  | 1.234.          | none",
        "2;,;.  | 1,234.5         | none",
        "2;.;,  | 1,234.56        | 123456",
        "2;.;,  | 12,34,567.89    | 123456789",
        "2;.;,  | 1,5             | none",
        "2;.;'  | 1'234.50        | 123450",
        "2;.;'  | 1\u2019234.50   | 123450",
        "0;,;_  | 1_234           | 1234",
        "0;,;_  | 1 234           | none",
        "0;,;.  | -               | none",
      })
  void numbersAreReadAsACountryWritesThem(String notation, String number, String minor)
      throws BadEvent {
    EventParser<Formats.Amount> parser =
        Formats.json(Formats.Amount.class, "minor=n:decimal(" + notation + ")");
    for (int i = 0; i < 3; i++) { // by a layout, too
      String event = "{\"n\":\"" + number + "\"}";
      if (minor.equals("none")) {
        String said = Formats.bad(parser, event).getMessage();
        assertThat(said.startsWith("n '" + number + "' "), is(true));
      } else {
        assertThat(Formats.parse(parser, event).minor(), is(Long.parseLong(minor)));
      }
    }
  }

  @Test
  void aSpaceBetweenThousandsMayBeOneThatDoesNotBreak() throws BadEvent {
    EventParser<Formats.Amount> parser =
        Formats.json(Formats.Amount.class, "minor=n:decimal(2;,; )");
    for (char space : new char[] {' ', '\u00A0', '\u202F'}) {
      assertThat(Formats.parse(parser, "{\"n\":\"1" + space + "234,5\"}").minor(), is(123450L));
    }
  }

  @Test
  void aNumberOfJsonIsReadAsJsonHasIt() throws BadEvent {
    EventParser<Formats.Amount> parser =
        Formats.json(Formats.Amount.class, "minor=n:decimal(3;,;.)");
    for (int i = 0; i < 3; i++) {
      assertThat(Formats.parse(parser, "{\"n\":1.234}").minor(), is(1234L));
      assertThat(Formats.parse(parser, "{\"n\":\"1.234\"}").minor(), is(1_234_000L));
      assertThat(Formats.parse(parser, "{\"n\":7}").minor(), is(7000L));
    }
  }

  @Test
  void doublesAndBigDecimalsMayHaveADecimalCommaToo() throws BadEvent {
    record Real(double real, float rough, BigDecimal exact) {}
    EventParser<Real> parser =
        Formats.json(
            Real.class, "real=a:decimal(0;,;.),rough=b:decimal(0;,),exact=c:decimal(0;,;.)");
    assertThat(
        Formats.parse(parser, "{\"a\":\"-1.234,5\",\"b\":\"0,1\",\"c\":\"1.000,50\"}"),
        is(new Real(-1234.5, 0.1f, new BigDecimal("1000.50"))));
    String said =
        assertThrows(
                IllegalArgumentException.class, () -> Formats.json(Real.class, "real=a:decimal(2)"))
            .getMessage();
    assertThat(
        said,
        is(
            "Real.real is double: 'decimal(2)' is for a whole number or BigDecimal, or with 0 digits for a double"));
  }

  @ParameterizedTest
  @CsvSource({
    "'',false",
    "-,false",
    "+,false",
    ".,false",
    "1.2.3,false",
    "1e,false",
    "1e+,false",
    "0x10,false",
    "1d,false",
    "NaN,false",
    "Infinity,false",
    "1_000,false",
    "'1 0',false",
    "'1,000',false",
    "٣,false",
    "--1,false",
    "e5,false",
    "1,true",
    "+1.,true",
    ".5,true",
    "007,true",
    "-1.5E-3,true"
  })
  void onlyDecimalsAreNumbers(String number, boolean isNumber) {
    Text text = new Text();
    text.set("n", number);
    assertThat(new Decimal().read(text), is(isNumber));
  }

  @Test
  void bytesAreUtf8WhereTheStrictDecoderSaysSo() {
    byte[] bytes = new byte[19];
    Random random = new Random(5);
    int[] interesting = {
      0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };
    for (int i = 0; i < 100_000; i++) {
      int length = random.nextInt(bytes.length + 1);
      int from = random.nextInt(length + 1);
      for (int k = 0; k < length; k++) {
        boolean plain = k < from || k > from + 3;
        bytes[k] = (byte) (plain ? 'a' : interesting[random.nextInt(interesting.length)]);
      }
      String decoded = decode(bytes, length);
      assertThat(Utf8.firstBad(bytes, 0, length) < 0, is(decoded != null));
      if (decoded != null) {
        char[] chars = new char[length];
        int end = Utf8.decode(bytes, 0, length, chars, 0);
        assertThat(new String(chars, 0, end), is(decoded));
      }
    }
  }

  private static String decode(byte[] bytes, int length) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "id,id",
    "orderId,order_id",
    "priceE4,price_e4",
    "userID,user_id",
    "lastHTTPCode,last_http_code",
    "a1B,a1_b",
    "snake_case,snake_case"
  })
  void componentsAreColumnsInSnakeCase(String component, String column) {
    assertThat(Names.snake(component), is(column));
  }
}
