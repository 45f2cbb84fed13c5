package dhara.formats.mapping;

import static dhara.fuzz.Hostile.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import dhara.formats.CsvFormat;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.text.BadEvent;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.samples.Sale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapping is refused with a reason, or it maps. */
class MappingAttackTest {

  private static final List<String> GOOD =
      List.of(
          "id={InvoiceNo}/{\"Stock,Code\"}/{a.b}",
          "at=InvoiceDate:local(Europe/London)",
          "at=t:epochMillis",
          "at=\"order.at\":local(dd.MM.yyyy 'at' HH:mm;Europe/Berlin)",
          "at=t:zoned(yyyy-MM-dd HH:mm VV)",
          "order=InvoiceNo",
          "product=order.line.\"p.q\"",
          "category='all, or ''none'''",
          "quantity=Quantity:decimal(0;,;.)",
          "unitMinor=Price:decimal(2)");

  private static final List<byte[]> EVENTS =
      List.of(
          bytes("{\"InvoiceNo\":1,\"Stock,Code\":\"x\",\"a\":{\"b\":2},\"t\":1767603600000}"),
          bytes(
              "{\"InvoiceDate\":\"2010-12-01"
                  + " 08:26:00\",\"Price\":\"2.55\",\"Quantity\":\"1.000\"}"),
          bytes("{\"t\":\"2026-01-05 09:00 Europe/Paris\",\"order\":{\"line\":{\"p.q\":[1]}}}"));

  private static final List<String> COLUMNS = List.of("t", "InvoiceNo", "Price", "Quantity");

  @TempDir Path folder;

  private static byte[] made(SplittableRandom random) {
    StringBuilder entries = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      String entry = Hostile.one(GOOD, random);
      if (random.nextInt(4) == 0) {
        String source = random.nextBoolean() ? Hostile.text(random) : Hostile.one(GOOD, random);
        entry = entry.substring(0, entry.indexOf('=') + 1) + source;
      }
      entries.append(entry).append(i > 0 ? random.nextInt(9) > 0 ? "," : "\n" : "");
    }
    byte[] good = bytes(entries.toString());
    return random.nextBoolean() ? Hostile.broken(good, random) : good;
  }

  @Test
  void entriesMapOrAreRefused() {
    Map<String, Long> ends =
        Attack.of("entries of mappings", 40)
            .on(MappingAttackTest::made, bytes -> mapped(new String(bytes, UTF_8)));

    assertThat(ends.keySet(), hasItems("maps", "does not fit", "refused"));
  }

  @Test
  void filesMapOrAreRefused() {
    Path file = folder.resolve("a.map");
    Map<String, Long> ends =
        Attack.of("files of mappings", 15)
            .on(
                random -> {
                  byte[] made = made(random);
                  for (int i = 0; i < made.length; i++) {
                    made[i] = made[i] == ',' && random.nextInt(9) > 0 ? (byte) '\n' : made[i];
                  }
                  return made;
                },
                bytes -> {
                  Files.write(file, bytes);
                  return mapped(file.toString());
                });

    assertThat(ends.keySet(), hasItems("maps", "does not fit", "refused"));
  }

  private static String mapped(String text) {
    Mapping mapping;
    try {
      mapping = Mapping.of(List.of(text));
    } catch (IllegalArgumentException e) {
      return "refused";
    }
    try {
      CsvFormat.of(Sale.class, mapping, ',', COLUMNS);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage(), not(emptyString())); // most fit only events that nest
    }
    EventParser<Sale> parser;
    try {
      parser = JsonFormat.of(Sale.class, mapping).parser();
    } catch (IllegalArgumentException e) {
      return "does not fit";
    }
    for (byte[] event : EVENTS) {
      try {
        parser.parse(event, 0, event.length);
      } catch (BadEvent e) {
        assertThat(e.getMessage(), not(emptyString())); // a mapping of other fields
      }
    }
    return "maps";
  }
}
