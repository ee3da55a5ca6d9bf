using Berth.Api.Schema;

namespace Berth.Client.Metadata;

/// <summary>What a server says that it serves: every kind with a collection, custom and aggregated ones too.</summary>
/// <param name="Preferred">One version of each collection: the one that the server names first.</param>
/// <param name="Stale">Groups and versions (<c>group/version</c>) whose own server did not answer: what they serve may be missing here.</param>
public sealed record ServedKinds(IReadOnlyList<KindInfo> All, IReadOnlyList<KindInfo> Preferred, IReadOnlyList<string> Stale)
{
    private readonly Dictionary<(string ApiVersion, string Kind), KindInfo> _byKind = Index(All);

    public static ServedKinds None { get; } = new([], [], []);

    /// <summary>Null when the server serves no such kind.</summary>
    public KindInfo? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    private static Dictionary<(string ApiVersion, string Kind), KindInfo> Index(IReadOnlyList<KindInfo> kinds)
    {
        var index = new Dictionary<(string, string), KindInfo>();
        foreach (var kind in kinds)
            index.TryAdd((kind.ApiVersion, kind.Kind), kind);
        return index;
    }
}
