package dhara.serving.rows;

import dhara.serving.views.ColumnType;

/** A column of rows that are sent: its name and the type of its values. */
public record SheetColumn(String name, ColumnType type) {}
