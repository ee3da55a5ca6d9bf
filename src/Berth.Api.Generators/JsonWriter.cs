using Microsoft.CodeAnalysis;

namespace Berth.Api.Generators;

/// <summary>Writes <c>ReadJson</c> and <c>WriteJson</c> of an API type.</summary>
internal sealed class JsonWriter(SourceText output, string name, List<FieldModel> fields, AttributeData? kind)
{
    public void Write()
    {
        WriteRead();
        WriteWrite();
    }

    private void WriteRead()
    {
        output.Open($"public static {name} ReadJson(ref JsonInput input)");
        output.Line("if (!input.BeginObject())");
        output.Line("    return Empty;");
        foreach (var field in fields)
            output.Line($"{field.Type.Declared} {field.Local} = {Initial(field.Type)};");
        var words = (fields.Count + 63) / 64;
        for (var i = 0; i < words; i++)
            output.Line($"ulong seen{i} = 0;");
        output.Open("while (input.NextField())");
        output.Line("var field = input.Name;");
        output.Open("switch (field.Length)");
        var index = fields.Select((f, i) => (f, i)).ToDictionary(p => p.f, p => p.i);
        var byLength = fields.GroupBy(f => f.Json.Length).ToDictionary(g => g.Key, g => g.ToList());
        var skipped = kind is null ? [] : new[] { "kind", "apiVersion" };
        foreach (var length in byLength.Keys.Concat(skipped.Select(s => s.Length)).Distinct().OrderBy(l => l))
        {
            output.Line($"case {length}:");
            foreach (var skip in skipped.Where(s => s.Length == length))
            {
                output.Open($"if (field.SequenceEqual(\"{skip}\"u8))");
                output.Line("input.Skip();");
                output.Line("continue;");
                output.Close();
            }

            foreach (var field in byLength.TryGetValue(length, out var list) ? list : [])
            {
                output.Open($"if (field.SequenceEqual(\"{field.Json}\"u8))");
                var bit = index[field];
                output.Line($"if ((seen{bit / 64} & {1UL << (bit % 64)}UL) != 0)");
                output.Line($"    input.DuplicateField(\"{field.Json}\");");
                output.Line($"seen{bit / 64} |= {1UL << (bit % 64)}UL;");
                output.Line($"input.Enter(\"{field.Json}\");");
                ReadInto(field.Local, field.Type);
                output.Line("input.Leave();");
                output.Line("continue;");
                output.Close();
            }

            output.Line("    break;");
        }

        output.Close();
        output.Line("input.UnknownField();");
        output.Close();
        output.Line();
        ConstructFrom(output, name, fields);
        output.Close();
        output.Line();
    }

    public static string Initial(TypeModel type) => type.Nullable ? $"default({type.Declared})" : type.Shape switch
    {
        Shape.String => "\"\"",
        Shape.List or Shape.Map => $"{type.Name}.Empty",
        Shape.Message or Shape.Bytes => $"{type.Name}.Empty",
        _ => "default",
    };

    public static void ConstructFrom(SourceText output, string name, List<FieldModel> fields)
    {
        output.Open($"return new {name}");
        foreach (var field in fields)
            output.Line($"{field.Property} = {field.Local},");
        output.Close(";");
    }

    private void ReadInto(string target, TypeModel type)
    {
        switch (type.Shape)
        {
            case Shape.List:
            {
                var items = output.Fresh("items");
                var element = type.Element!;
                output.Open("if (input.BeginArray())");
                output.Line($"var {items} = new System.Collections.Generic.List<{element.Declared}>();");
                output.Open("while (input.NextItem())");
                output.Line($"input.EnterItem({items}.Count);");
                output.Line($"{items}.Add({ReadValue(element)});");
                output.Line("input.Leave();");
                output.Close();
                output.Line($"{target} = global::Berth.Api.ApiList.ToApiList({items});");
                output.Close();
                output.Open("else");
                output.Line($"{target} = {type.Name}.Empty;");
                output.Close();
                break;
            }

            case Shape.Map:
            {
                var entries = output.Fresh("entries");
                var key = output.Fresh("key");
                output.Open("if (input.BeginObject())");
                output.Line($"var {entries} = new System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, {type.Element!.Declared}>>();");
                output.Open("while (input.NextField())");
                output.Line($"var {key} = System.Text.Encoding.UTF8.GetString(input.Name);");
                output.Line($"input.Enter({key});");
                if (type.Element.Shape == Shape.List)
                {
                    var value = output.Fresh("value");
                    output.Line($"{type.Element.Declared} {value};");
                    ReadInto(value, type.Element);
                    output.Line($"{entries}.Add(new({key}, {value}));");
                }
                else
                {
                    output.Line($"{entries}.Add(new({key}, {ReadValue(type.Element)}));");
                }

                output.Line("input.Leave();");
                output.Close();
                output.Line($"{target} = global::Berth.Api.ApiMap.ToApiMap({entries});");
                output.Close();
                output.Open("else");
                output.Line($"{target} = {type.Name}.Empty;");
                output.Close();
                break;
            }

            default:
                output.Line(type.Nullable
                    ? $"{target} = input.IsNull ? default({type.Declared}) : {ReadValue(type)};"
                    : $"{target} = {ReadValue(type)};");
                break;
        }
    }

    private static string ReadValue(TypeModel type) => type.Shape switch
    {
        Shape.String => "input.ReadString()",
        Shape.Int32 => "input.ReadInt32()",
        Shape.Int64 => "input.ReadInt64()",
        Shape.Boolean => "input.ReadBoolean()",
        Shape.Double => "input.ReadDouble()",
        Shape.Bytes => "input.ReadBytes()",
        Shape.Raw => "input.ReadRaw()",
        _ => $"{type.Name}.ReadJson(ref input)",
    };

    private void WriteWrite()
    {
        output.Open("public void WriteJson(Utf8JsonWriter writer)");
        output.Line("writer.WriteStartObject();");
        if (kind is not null)
        {
            output.Line($"writer.WriteString(\"kind\"u8, \"{kind.ConstructorArguments[2].Value}\"u8);");
            var group = (string)kind.ConstructorArguments[0].Value!;
            output.Line($"writer.WriteString(\"apiVersion\"u8, \"{(group.Length == 0 ? "" : group + "/")}{kind.ConstructorArguments[1].Value}\"u8);");
        }

        foreach (var field in fields)
        {
            var type = field.Type;
            var condition = Condition(field, field.Property);
            if (condition is not null)
                output.Open($"if ({condition})");
            var value = type.Nullable && type.IsStruct ? $"{field.Property}.Value" : field.Property;
            switch (type.Shape)
            {
                case Shape.String:
                    output.Line($"writer.WriteString(\"{field.Json}\"u8, {value});");
                    break;
                case Shape.Int32 or Shape.Int64 or Shape.Double:
                    output.Line($"writer.WriteNumber(\"{field.Json}\"u8, {value});");
                    break;
                case Shape.Boolean:
                    output.Line($"writer.WriteBoolean(\"{field.Json}\"u8, {value});");
                    break;
                default:
                    output.Line($"writer.WritePropertyName(\"{field.Json}\"u8);");
                    WriteValue(value, type);
                    break;
            }

            if (condition is not null)
                output.Close();
            if (condition is not null && field.Always && (type.Nullable || type.Shape is Shape.List or Shape.Map))
            {
                output.Line("else");
                output.Line($"    writer.WriteNull(\"{field.Json}\"u8);");
            }
        }

        output.Line("writer.WriteEndObject();");
        output.Close();
        output.Line();
    }

    private static string? Condition(FieldModel field, string value)
    {
        var type = field.Type;
        if (type.Nullable)
            return $"{value} is not null";
        if (type.Shape is Shape.List or Shape.Map)
            return $"!{value}.IsEmpty";
        if (field.Always)
            return null;
        return type.Shape switch
        {
            Shape.String => $"{value}.Length > 0",
            Shape.Int32 or Shape.Int64 or Shape.Double => $"{value} != 0",
            Shape.Boolean => value,
            Shape.IntOrString => $"{value} != default",
            // Kubernetes writes a zero quantity and an empty struct also where the field is optional: a Go struct is never empty.
            _ => null,
        };
    }

    private void WriteValue(string value, TypeModel type)
    {
        switch (type.Shape)
        {
            case Shape.String:
                output.Line($"writer.WriteStringValue({value});");
                break;
            case Shape.Int32 or Shape.Int64 or Shape.Double:
                output.Line($"writer.WriteNumberValue({value});");
                break;
            case Shape.Boolean:
                output.Line($"writer.WriteBooleanValue({value});");
                break;
            case Shape.Bytes:
                output.Line($"writer.WriteBase64StringValue({value}.Span);");
                break;
            case Shape.List:
            {
                var item = output.Fresh("item");
                output.Line("writer.WriteStartArray();");
                output.Open($"foreach (var {item} in {value}.AsSpan())");
                WriteValue(item, type.Element!);
                output.Close();
                output.Line("writer.WriteEndArray();");
                break;
            }

            case Shape.Map:
            {
                var entry = output.Fresh("entry");
                output.Line("writer.WriteStartObject();");
                output.Open($"foreach (var {entry} in {value}.AsSpan())");
                output.Line($"writer.WritePropertyName({entry}.Key);");
                WriteValue($"{entry}.Value", type.Element!);
                output.Close();
                output.Line("writer.WriteEndObject();");
                break;
            }

            default:
                output.Line($"{value}.WriteJson(writer);");
                break;
        }
    }
}
