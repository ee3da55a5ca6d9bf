namespace Berth.Cel.Types;

/// <summary>A type of the language. Immutable, save types of objects that are described lazily.</summary>
public class CelType
{
    protected CelType(CelKind kind, string name, params IReadOnlyList<CelType> parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters;
        Weight = (int)Math.Min(int.MaxValue, 1 + parameters.Sum(p => (long)p.Weight));
    }

    public static CelType Dyn { get; } = new(CelKind.Dyn, "dyn");

    public static CelType Null { get; } = new(CelKind.Null, "null_type");

    public static CelType Bool { get; } = new(CelKind.Bool, "bool");

    public static CelType Int { get; } = new(CelKind.Int, "int");

    public static CelType Uint { get; } = new(CelKind.Uint, "uint");

    public static CelType Double { get; } = new(CelKind.Double, "double");

    public static CelType String { get; } = new(CelKind.String, "string");

    public static CelType Bytes { get; } = new(CelKind.Bytes, "bytes");

    public static CelType Timestamp { get; } = new(CelKind.Timestamp, "google.protobuf.Timestamp");

    public static CelType Duration { get; } = new(CelKind.Duration, "google.protobuf.Duration");

    public static CelType ListOfDyn { get; } = List(Dyn);

    public static CelType MapOfDyn { get; } = Map(Dyn, Dyn);

    public static CelType MapOfStrings { get; } = Map(String, String);

    public static CelType TypeOfDyn { get; } = Type(Dyn);

    public static CelType OptionalOfDyn { get; } = Optional(Dyn);

    public CelKind Kind { get; }

    /// <summary>As <c>type(x)</c> shows it.</summary>
    public string Name { get; }

    public IReadOnlyList<CelType> Parameters { get; }

    /// <summary>The most characters, bytes or items that a value can have; null when nobody said. For estimates of cost alone.</summary>
    public long? SizeMax { get; init; }

    /// <summary>Types that it is made of, counted as often as they occur.</summary>
    internal int Weight { get; }

    public bool IsDyn => Kind == CelKind.Dyn;

    public bool IsOptional => Kind == CelKind.Opaque && Name == "optional_type";

    public static CelType List(CelType item) => new(CelKind.List, "list", item);

    public static CelType Map(CelType key, CelType value) => new(CelKind.Map, "map", key, value);

    public static CelType Type(CelType of) => new(CelKind.Type, "type", of);

    public static CelType Opaque(string name, params IReadOnlyList<CelType> parameters) => new(CelKind.Opaque, name, parameters);

    public static CelType Optional(CelType of) => Opaque("optional_type", of);

    /// <summary>Stands for any type in a function's signature.</summary>
    public static CelType Parameter(string name) => new(CelKind.Parameter, name);

    /// <summary>As error messages show it.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        CelKind.Timestamp => "timestamp",
        CelKind.Duration => "duration",
        _ when Parameters.Count > 0 => $"{Name}({string.Join(", ", Parameters)})",
        _ => Name,
    };

    /// <summary>The same type with a bound on its values.</summary>
    public CelType Sized(long max) => new(Kind, Name, Parameters) { SizeMax = max };

    internal CelType With(IReadOnlyList<CelType> parameters) => new(Kind, Name, parameters) { SizeMax = SizeMax };
}
