package dhara.benchmarks;

import com.alibaba.fastjson2.JSONException;
import com.alibaba.fastjson2.JSONReader;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dhara.events.DeadLetter.Reason;
import dhara.formats.EventParser;
import dhara.formats.text.BadEvent;
import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.markets.Trade;
import java.io.IOException;
import java.time.Instant;

/**
 * Hand-written parsers, as for a single job: a switch over the names of fields. They do not
 * validate UTF-8, required fields, or the bytes after the object.
 */
final class HandWritten {

  private static final JsonFactory JACKSON = new JsonFactory();

  private HandWritten() {}

  private static BadEvent malformed(Exception e) {
    return new BadEvent(Reason.MALFORMED, e.getMessage());
  }

  /** {@code 2026-10-01T12:00:00.123Z}, and nothing else. */
  private static Instant at(char[] text, int from, int length) {
    int fraction = 0;
    for (int i = from + 20; i < from + length - 1; i++) {
      fraction = fraction * 10 + text[i] - '0';
    }
    for (int digits = Math.max(0, length - 21); digits < 9; digits++) {
      fraction *= 10;
    }
    int year = two(text, from) * 100 + two(text, from + 2);
    int month = two(text, from + 5);
    int early = month > 2 ? 0 : 1;
    int y = year - early;
    int days = (153 * (month + 12 * early - 3) + 2) / 5 + two(text, from + 8) - 1;
    long day = 365L * y + y / 4 - y / 100 + y / 400 + days - 719_468;
    long second =
        ((day * 24 + two(text, from + 11)) * 60 + two(text, from + 14)) * 60 + two(text, from + 17);
    return Instant.ofEpochSecond(second, fraction);
  }

  private static int two(char[] text, int i) {
    return (text[i] - '0') * 10 + text[i + 1] - '0';
  }

  private static Instant at(JsonParser json) throws IOException {
    return at(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
  }

  private static Instant at(JSONReader json) {
    char[] text = json.readString().toCharArray();
    return at(text, 0, text.length);
  }

  /** Jackson's streaming parser, order lines. */
  static final class JacksonOrderLines implements EventParser<OrderLine> {
    @Override
    public OrderLine parse(byte[] bytes, int offset, int length) throws BadEvent {
      String id = null;
      Instant at = null;
      String order = null;
      String product = null;
      String category = null;
      String country = null;
      String city = null;
      String customer = null;
      long quantity = 0;
      long unitMinor = 0;
      try (JsonParser json = JACKSON.createParser(bytes, offset, length)) {
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          JsonToken unused = json.nextToken();
          switch (name) {
            case "id" -> id = json.getText();
            case "at" -> at = at(json);
            case "order" -> order = json.getText();
            case "product" -> product = json.getText();
            case "category" -> category = json.getText();
            case "country" -> country = json.getText();
            case "city" -> city = json.getText();
            case "customer" -> customer = json.getText();
            case "quantity" -> quantity = json.getLongValue();
            case "unit_minor" -> unitMinor = json.getLongValue();
            default -> json.skipChildren();
          }
        }
      } catch (IOException e) {
        throw malformed(e);
      }
      return new OrderLine(
          id, at, order, product, category, country, city, customer, quantity, unitMinor);
    }
  }

  /** Jackson's streaming parser, trades. */
  static final class JacksonTrades implements EventParser<Trade> {
    @Override
    public Trade parse(byte[] bytes, int offset, int length) throws BadEvent {
      String id = null;
      Instant at = null;
      String symbol = null;
      long priceE4 = 0;
      long size = 0;
      String condition = null;
      boolean suspicious = false;
      try (JsonParser json = JACKSON.createParser(bytes, offset, length)) {
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          JsonToken unused = json.nextToken();
          switch (name) {
            case "id" -> id = json.getText();
            case "at" -> at = at(json);
            case "symbol" -> symbol = json.getText();
            case "price_e4" -> priceE4 = json.getLongValue();
            case "size" -> size = json.getLongValue();
            case "condition" -> condition = json.getText();
            case "suspicious" -> suspicious = json.getBooleanValue();
            default -> json.skipChildren();
          }
        }
      } catch (IOException e) {
        throw malformed(e);
      }
      return new Trade(id, at, symbol, priceE4, size, condition, suspicious);
    }
  }

  /** fastjson2's reader, order lines. */
  static final class FastjsonOrderLines implements EventParser<OrderLine> {
    @Override
    public OrderLine parse(byte[] bytes, int offset, int length) throws BadEvent {
      String id = null;
      Instant at = null;
      String order = null;
      String product = null;
      String category = null;
      String country = null;
      String city = null;
      String customer = null;
      long quantity = 0;
      long unitMinor = 0;
      try (JSONReader json = JSONReader.of(bytes, offset, length)) {
        json.nextIfObjectStart();
        while (!json.nextIfObjectEnd()) {
          switch (json.readFieldName()) {
            case "id" -> id = json.readString();
            case "at" -> at = at(json);
            case "order" -> order = json.readString();
            case "product" -> product = json.readString();
            case "category" -> category = json.readString();
            case "country" -> country = json.readString();
            case "city" -> city = json.readString();
            case "customer" -> customer = json.readString();
            case "quantity" -> quantity = json.readInt64Value();
            case "unit_minor" -> unitMinor = json.readInt64Value();
            default -> json.skipValue();
          }
        }
      } catch (JSONException e) {
        throw malformed(e);
      }
      return new OrderLine(
          id, at, order, product, category, country, city, customer, quantity, unitMinor);
    }
  }

  /** fastjson2's reader, trades. */
  static final class FastjsonTrades implements EventParser<Trade> {
    @Override
    public Trade parse(byte[] bytes, int offset, int length) throws BadEvent {
      String id = null;
      Instant at = null;
      String symbol = null;
      long priceE4 = 0;
      long size = 0;
      String condition = null;
      boolean suspicious = false;
      try (JSONReader json = JSONReader.of(bytes, offset, length)) {
        json.nextIfObjectStart();
        while (!json.nextIfObjectEnd()) {
          switch (json.readFieldName()) {
            case "id" -> id = json.readString();
            case "at" -> at = at(json);
            case "symbol" -> symbol = json.readString();
            case "price_e4" -> priceE4 = json.readInt64Value();
            case "size" -> size = json.readInt64Value();
            case "condition" -> condition = json.readString();
            case "suspicious" -> suspicious = json.readBoolValue();
            default -> json.skipValue();
          }
        }
      } catch (JSONException e) {
        throw malformed(e);
      }
      return new Trade(id, at, symbol, priceE4, size, condition, suspicious);
    }
  }
}
