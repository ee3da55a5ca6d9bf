
namespace Berth.Api.Generators;

/// <summary>Writes <c>ReadProto</c> and <c>WriteProto</c> of an API type.</summary>
internal sealed class ProtoCodecWriter(SourceText output, string name, List<FieldModel> fields)
{
    public void Write()
    {
        WriteRead();
        WriteWrite();
    }

    private void WriteRead()
    {
        output.Open($"public static {name} ReadProto(ref ProtoReader reader)");
        foreach (var field in fields)
        {
            output.Line($"{field.Type.Declared} {field.Local} = {JsonWriter.Initial(field.Type)};");
            if (field.Type.Shape == Shape.List)
                output.Line($"System.Collections.Generic.List<{field.Type.Element!.Declared}>? {field.Local}Items = null;");
            if (field.Type.Shape == Shape.Map)
                output.Line($"System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, {field.Type.Element!.Declared}>>? {field.Local}Items = null;");
        }

        ReadLevel("reader", fields, 0);
        foreach (var field in fields.Where(f => f.Type.Shape is Shape.List or Shape.Map))
        {
            output.Line($"if ({field.Local}Items is not null)");
            output.Line($"    {field.Local} = global::Berth.Api.{(field.Type.Shape == Shape.List ? "ApiList.ToApiList" : "ApiMap.ToApiMap")}({field.Local}Items);");
        }

        JsonWriter.ConstructFrom(output, name, fields);
        output.Close();
        output.Line();
    }

    private void ReadLevel(string reader, List<FieldModel> level, int depth)
    {
        output.Open($"while ({reader}.NextField())");
        output.Open($"switch ({reader}.Field)");
        foreach (var group in level.GroupBy(f => f.Path.ElementAt(depth)))
        {
            output.Line($"case {group.Key}:");
            output.Open("");
            var nested = group.Where(f => f.In.Length > depth).ToList();
            if (nested.Count > 0)
            {
                var inner = output.Fresh("inner");
                output.Line($"var {inner} = {reader}.ReadMessage();");
                ReadLevel(inner, nested, depth + 1);
            }
            else
            {
                ReadField(reader, group.Single());
            }

            output.Line("break;");
            output.Close();
        }

        output.Open("default:");
        output.Line($"{reader}.Skip();");
        output.Line("break;");
        output.Close();
        output.Close();
        output.Close();
    }

    private void ReadField(string reader, FieldModel field)
    {
        var type = field.Type;
        switch (type.Shape)
        {
            case Shape.List:
                output.Line($"({field.Local}Items ??= []).Add({ReadValue(reader, type.Element!, out var before, out var after)});".Insert(0, before) + after);
                break;
            case Shape.Map:
            {
                var entry = output.Fresh("entry");
                var element = type.Element!;
                output.Line($"var {entry} = {reader}.ReadMessage();");
                output.Line($"var {entry}Key = \"\";");
                output.Line($"{element.Declared} {entry}Value = {JsonWriter.Initial(element)};");
                output.Open($"while ({entry}.NextField())");
                output.Open($"if ({entry}.Field == 1)");
                output.Line($"{entry}Key = {entry}.ReadString();");
                output.Close();
                output.Open($"else if ({entry}.Field == 2)");
                if (element.Shape == Shape.List)
                {
                    // A map's list is a message of its own, whose field 1 repeats (ExtraValue).
                    output.Line($"var {entry}List = {entry}.ReadMessage();");
                    output.Line($"var {entry}Items = new System.Collections.Generic.List<string>();");
                    output.Open($"while ({entry}List.NextField())");
                    output.Line($"if ({entry}List.Field == 1)");
                    output.Line($"    {entry}Items.Add({entry}List.ReadString());");
                    output.Line("else");
                    output.Line($"    {entry}List.Skip();");
                    output.Close();
                    output.Line($"{entry}Value = global::Berth.Api.ApiList.ToApiList({entry}Items);");
                }
                else
                {
                    output.Line($"{ReadStatement($"{entry}Value = ", entry, element)}");
                }

                output.Close();
                output.Open("else");
                output.Line($"{entry}.Skip();");
                output.Close();
                output.Close();
                output.Line($"({field.Local}Items ??= []).Add(new({entry}Key, {entry}Value));");
                break;
            }

            case Shape.Time or Shape.MicroTime or Shape.Raw:
            {
                // Go writes its zero time, and an empty RawExtension, as an empty message.
                var sub = output.Fresh("sub");
                output.Line($"var {sub} = {reader}.ReadMessage();");
                output.Line($"{field.Local} = {sub}.IsEmpty ? default({type.Declared}) : {type.Name}.ReadProto(ref {sub});");
                break;
            }

            default:
                output.Line(ReadStatement($"{field.Local} = ", reader, type));
                break;
        }
    }

    private string ReadStatement(string target, string reader, TypeModel type)
    {
        var value = ReadValue(reader, type, out var before, out var after);
        return $"{before}{target}{value};{after}";
    }

    private string ReadValue(string reader, TypeModel type, out string before, out string after)
    {
        before = "";
        after = "";
        switch (type.Shape)
        {
            case Shape.String:
                return $"{reader}.ReadString()";
            case Shape.Int32:
                return $"{reader}.ReadInt32()";
            case Shape.Int64:
                return $"{reader}.ReadInt64()";
            case Shape.Boolean:
                return $"{reader}.ReadBoolean()";
            case Shape.Double:
                return $"{reader}.ReadDouble()";
            case Shape.Bytes:
                return $"{reader}.ReadBytes()";
            default:
                var sub = output.Fresh("sub");
                before = $"var {sub} = {reader}.ReadMessage(); ";
                return $"{type.Name}.ReadProto(ref {sub})";
        }
    }

    private void WriteWrite()
    {
        output.Open("public void WriteProto(ref ProtoWriter writer)");
        WriteLevel(fields, 0);
        output.Close();
    }

    private void WriteLevel(List<FieldModel> level, int depth)
    {
        foreach (var group in level.GroupBy(f => f.Path.ElementAt(depth)).Reverse())
        {
            var nested = group.Where(f => f.In.Length > depth).ToList();
            if (nested.Count > 0)
            {
                var before = output.Fresh("before");
                output.Line($"var {before} = writer.Length;");
                WriteLevel(nested, depth + 1);
                output.Line($"writer.Nest({group.Key}, {before});");
            }
            else
            {
                WriteField(group.Single());
            }
        }
    }

    private void WriteField(FieldModel field)
    {
        var type = field.Type;
        var value = field.Property;
        switch (type.Shape)
        {
            case Shape.List:
            {
                var i = output.Fresh("i");
                output.Open($"for (var {i} = {value}.Count - 1; {i} >= 0; {i}--)");
                WriteValue(field.Number, $"{value}[{i}]", type.Element!);
                output.Close();
                break;
            }

            case Shape.Map:
            {
                var i = output.Fresh("i");
                output.Open($"for (var {i} = {value}.Count - 1; {i} >= 0; {i}--)");
                output.Line($"var {i}Entry = {value}.AsSpan()[{i}];");
                output.Line($"var {i}Before = writer.Length;");
                if (type.Element!.Shape == Shape.List)
                {
                    output.Line($"var {i}List = writer.Length;");
                    output.Open($"for (var {i}j = {i}Entry.Value.Count - 1; {i}j >= 0; {i}j--)");
                    output.Line($"writer.String(1, {i}Entry.Value[{i}j]);");
                    output.Close();
                    output.Line($"writer.Nest(2, {i}List);");
                }
                else
                {
                    WriteValue(2, $"{i}Entry.Value", type.Element);
                }

                output.Line($"writer.String(1, {i}Entry.Key);");
                output.Line($"writer.Nest({field.Number}, {i}Before);");
                output.Close();
                break;
            }

            default:
                if (type.Nullable)
                    output.Open($"if ({value} is not null)");
                WriteValue(field.Number, type.Nullable && type.IsStruct ? $"{value}.Value" : value, type);
                if (type.Nullable)
                    output.Close();
                break;
        }
    }

    private void WriteValue(int number, string value, TypeModel type)
    {
        switch (type.Shape)
        {
            case Shape.String:
                output.Line($"writer.String({number}, {value});");
                break;
            case Shape.Int32 or Shape.Int64:
                output.Line($"writer.Int64({number}, {value});");
                break;
            case Shape.Boolean:
                output.Line($"writer.Boolean({number}, {value});");
                break;
            case Shape.Double:
                output.Line($"writer.Double({number}, {value});");
                break;
            case Shape.Bytes:
                output.Line($"writer.Bytes({number}, {value}.Span);");
                break;
            default:
                var before = output.Fresh("before");
                output.Line($"var {before} = writer.Length;");
                output.Line($"{value}.WriteProto(ref writer);");
                output.Line($"writer.Nest({number}, {before});");
                break;
        }
    }
}
