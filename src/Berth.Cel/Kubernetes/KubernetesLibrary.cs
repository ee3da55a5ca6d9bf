using Berth.Cel.Functions;

namespace Berth.Cel.Kubernetes;

/// <summary>All functions that expressions have in Kubernetes 1.36, whatever they are about.</summary>
internal static class KubernetesLibrary
{
    public static FunctionTable Table()
    {
        var table = new FunctionTable();
        Operators.Declare(table);
        Conversions.Declare(table);
        TimeFunctions.Declare(table);
        StringFunctions.Declare(table);
        ListFunctions.Declare(table);
        OptionalFunctions.Declare(table);
        QuantityFunctions.Declare(table);
        SemverFunctions.Declare(table);
        UrlFunctions.Declare(table);
        AddressFunctions.Declare(table);
        FormatFunctions.Declare(table);
        return table;
    }
}
