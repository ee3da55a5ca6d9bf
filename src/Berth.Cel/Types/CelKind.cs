namespace Berth.Cel.Types;

public enum CelKind
{
    /// <summary>Known at run time only; fits everything.</summary>
    Dyn,

    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,
    Map,

    /// <summary>The type of types.</summary>
    Type,

    /// <summary>Has named fields.</summary>
    Object,

    /// <summary>Known to functions only: quantities, addresses, optionals.</summary>
    Opaque,

    /// <summary>Of a function's signature; stands for a type that the arguments settle.</summary>
    Parameter,
}
