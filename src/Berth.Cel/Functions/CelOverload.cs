using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>The work of a function. Gets no errors among its arguments; gives an error back instead of throwing.</summary>
public delegate CelValue CelFunctionBody(ReadOnlySpan<CelValue> arguments);

/// <summary>One signature of a function. The target of a member function is its first argument.</summary>
public sealed class CelOverload(string function, bool isMember, IReadOnlyList<CelType> parameters, CelType result, CelFunctionBody body)
{
    public string Function => function;

    public bool IsMember => isMember;

    public IReadOnlyList<CelType> Parameters => parameters;

    public CelType Result => result;

    public CelFunctionBody Body => body;

    /// <summary>Do values that are only now known fit the signature?</summary>
    public bool Takes(ReadOnlySpan<CelValue> arguments)
    {
        if (arguments.Length != parameters.Count)
            return false;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!Fits(parameters[i], arguments[i]))
                return false;
        }

        return true;
    }

    private static bool Fits(CelType parameter, CelValue value) => parameter.Kind switch
    {
        CelKind.Dyn or CelKind.Parameter => true,
        CelKind.Opaque or CelKind.Object => value.Type.Kind == parameter.Kind && value.Type.Name == parameter.Name,
        CelKind.List when value is CelList { Count: > 0 } list => Fits(parameter.Parameters[0], list[0]),
        _ => value.Type.Kind == parameter.Kind,
    };
}
