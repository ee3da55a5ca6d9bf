namespace Berth.Cel.Syntax;

internal enum ComprehensionKind
{
    All,
    Exists,
    ExistsOne,

    /// <summary>A list of what the body gives; <c>transformList</c> too.</summary>
    Map,

    Filter,
    TransformMap,

    /// <summary>The body gives a map, whose entries are taken.</summary>
    TransformMapEntry,
    SortBy,
}

internal enum BindKind
{
    Value,

    /// <summary>The value is an optional; the result is one again.</summary>
    OptionalMap,

    /// <summary>The body gives an optional itself.</summary>
    OptionalFlatMap,
}
