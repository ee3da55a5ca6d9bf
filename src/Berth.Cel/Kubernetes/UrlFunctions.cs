using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

internal static class UrlFunctions
{
    public static CelType Type { get; } = CelType.Opaque("kubernetes.URL");

    public static void Declare(FunctionTable table)
    {
        table.Add("url", [CelType.String], Type, static a => CelUrl.TryParse(((CelString)a[0]).Value) ?? (CelValue)new CelError(
            $"URL parse error during conversion from string: parse {CelString.Quote(((CelString)a[0]).Value)}: invalid URI for request"));
        table.Add("isURL", [CelType.String], CelType.Bool, static a => CelUrl.TryParse(((CelString)a[0]).Value) is not null);
        table.Member("getScheme", [Type], CelType.String, static a => ((CelUrl)a[0]).Scheme);
        table.Member("getHost", [Type], CelType.String, static a => ((CelUrl)a[0]).Host);
        table.Member("getHostname", [Type], CelType.String, static a => ((CelUrl)a[0]).Hostname);
        table.Member("getPort", [Type], CelType.String, static a => ((CelUrl)a[0]).Port);
        table.Member("getEscapedPath", [Type], CelType.String, static a => ((CelUrl)a[0]).Path);
        table.Member("getQuery", [Type], CelType.Map(CelType.String, CelType.List(CelType.String)), static a => ((CelUrl)a[0]).Query());
    }
}
