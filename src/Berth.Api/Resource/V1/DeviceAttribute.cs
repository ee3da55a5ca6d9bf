using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A fact about a device. Exactly one field.</summary>
public sealed partial record DeviceAttribute
{
    /// <summary>A whole number.</summary>
    [Field(2)]
    public long? Int { get; init; }

    /// <summary>True or false.</summary>
    [Field(3)]
    public bool? Bool { get; init; }

    /// <summary>A text; 64 characters at most.</summary>
    [Field(4)]
    public string? String { get; init; }

    /// <summary>A version, as semantic versioning writes it; 64 characters at most.</summary>
    [Field(5)]
    public string? Version { get; init; }

    /// <summary>Several whole numbers.</summary>
    [Field(6)]
    public ApiList<long> Ints { get; init; } = [];

    /// <summary>Several values of true and false.</summary>
    [Field(7)]
    public ApiList<bool> Bools { get; init; } = [];

    /// <summary>Several texts.</summary>
    [Field(8)]
    public ApiList<string> Strings { get; init; } = [];

    /// <summary>Several versions.</summary>
    [Field(9)]
    public ApiList<string> Versions { get; init; } = [];
}
