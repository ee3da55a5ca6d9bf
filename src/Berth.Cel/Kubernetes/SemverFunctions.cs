using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

internal static class SemverFunctions
{
    public static CelType Type { get; } = CelType.Opaque("kubernetes.Semver");

    public static void Declare(FunctionTable table)
    {
        table.Add("semver", [CelType.String], Type, static a => Parse(a[0], false));
        table.Add("semver", [CelType.String, CelType.Bool], Type, static a => Parse(a[0], ((CelBool)a[1]).Value));
        table.Add("isSemver", [CelType.String], CelType.Bool, static a => Parse(a[0], false) is CelSemver);
        table.Add("isSemver", [CelType.String, CelType.Bool], CelType.Bool, static a => Parse(a[0], ((CelBool)a[1]).Value) is CelSemver);
        table.Member("isGreaterThan", [Type, Type], CelType.Bool, static a => Order(a) > 0);
        table.Member("isLessThan", [Type, Type], CelType.Bool, static a => Order(a) < 0);
        table.Member("compareTo", [Type, Type], CelType.Int, static a => (long)Math.Sign(Order(a)));
        table.Member("major", [Type], CelType.Int, static a => (long)((CelSemver)a[0]).Major);
        table.Member("minor", [Type], CelType.Int, static a => (long)((CelSemver)a[0]).Minor);
        table.Member("patch", [Type], CelType.Int, static a => (long)((CelSemver)a[0]).Patch);
    }

    private static CelValue Parse(CelValue text, bool normalize) =>
        CelSemver.TryParse(((CelString)text).Value, normalize) ?? (CelValue)new CelError($"\"{text}\" is no semantic version");

    private static int Order(ReadOnlySpan<CelValue> a) => ((CelSemver)a[0]).CompareTo((CelSemver)a[1]);
}
