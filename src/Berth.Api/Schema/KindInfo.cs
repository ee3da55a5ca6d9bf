namespace Berth.Api.Schema;

/// <summary>Facts of one kind: its names in paths, JSON and discovery, its codecs and its schema.</summary>
public sealed class KindInfo
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    /// <summary><c>group/version</c>, or only the version for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Name in paths; empty for kinds that are not collections (Status, Eviction, ...).</summary>
    public string Plural { get; init; } = "";

    public string Singular { get; init; } = "";

    /// <summary>Kind of its lists.</summary>
    public string ListKind { get => field ?? Kind + "List"; init; }

    /// <summary>True when a CustomResourceDefinition describes the kind: its objects travel as JSON alone.</summary>
    public bool IsCustom { get; init; }

    public bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<SubresourceInfo> Subresources { get; init; } = [];

    public required MessageSchema Schema { get; init; }

    public required Func<ReadOnlySpan<byte>, Json.DecodeReport?, IApiObject> ReadJson { get; init; }

    /// <summary>Reads the bare message, without the <c>k8s\0</c> envelope.</summary>
    public required Func<ReadOnlySpan<byte>, IApiObject> ReadProto { get; init; }

    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}

/// <summary>A subresource that discovery lists under a resource.</summary>
/// <param name="Group">Group of the kind that travels.</param>
/// <param name="Version">Version of the kind that travels.</param>
/// <param name="Kind">Kind that travels.</param>
public sealed record SubresourceInfo(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);
