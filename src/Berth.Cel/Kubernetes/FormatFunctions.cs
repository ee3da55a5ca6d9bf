using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary><c>!format.dns1123Label().validate(name).hasValue()</c>.</summary>
internal static class FormatFunctions
{
    public static CelType Type { get; } = CelType.Opaque("kubernetes.NamedFormat");

    public static void Declare(FunctionTable table)
    {
        foreach (var (name, validate) in NamedFormats.All)
        {
            var format = new CelFormat(name, validate);
            table.Add($"format.{name}", [], Type, _ => format);
        }

        table.Add("format.named", [CelType.String], CelType.Optional(Type), static a =>
            NamedFormats.All.TryGetValue(((CelString)a[0]).Value, out var validate) ? CelOptional.Of(new CelFormat(((CelString)a[0]).Value, validate)) : CelOptional.None);
        table.Member("validate", [Type, CelType.String], CelType.Optional(CelType.List(CelType.String)), static a =>
        {
            var problems = ((CelFormat)a[0]).Validate(((CelString)a[1]).Value);
            return problems.Length == 0 ? CelOptional.None : CelOptional.Of(CelList.Of([.. problems.Select(p => new CelString(p))]));
        });
        table.Add("jsonpatch.escapeKey", [CelType.String], CelType.String, static a =>
            ((CelString)a[0]).Value.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
    }

    private sealed class CelFormat(string name, Func<string, string[]> validate) : CelValue
    {
        public override CelType Type => FormatFunctions.Type;

        public string[] Validate(string text) => validate(text);

        public override bool EqualTo(CelValue other) => other is CelFormat f && f.ToString() == name;

        public override string ToString() => name;
    }
}
