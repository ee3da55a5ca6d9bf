using System.Net;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Client.Metadata;

/// <summary>
/// Asks a server what it serves, by its aggregated discovery (two documents, each with an ETag: while nothing changed, an
/// answer is two empty 304). Kinds that Berth has a description of are given as that; others as what discovery says, with
/// nothing but their metadata to be read. Thread-safe.
/// </summary>
public sealed class KindDiscovery(HttpMessageInvoker http, Uri server, string name)
{
    private static readonly string[] s_roots = ["/api", "/apis"];

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly (string? ETag, Found? Found)[] _known = new (string?, Found?)[s_roots.Length];
    private readonly Dictionary<string, KindInfo> _unknown = new(StringComparer.Ordinal);
    private ServedKinds _served = ServedKinds.None;

    /// <summary>As of the last question; the same value as long as the server's answer is the same.</summary>
    public ServedKinds Last => Volatile.Read(ref _served);

    /// <exception cref="ApiException">The server refused.</exception>
    public async Task<ServedKinds> AskAsync(CancellationToken ct)
    {
        await _asking.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var changed = false;
            for (var i = 0; i < s_roots.Length; i++)
                changed |= await AskAsync(i, ct).ConfigureAwait(false);
            if (changed)
            {
                var found = _known.Select(k => k.Found).OfType<Found>().ToList();
                Volatile.Write(ref _served, new ServedKinds(
                    [.. found.SelectMany(f => f.All)], [.. found.SelectMany(f => f.Preferred)], [.. found.SelectMany(f => f.Stale)]));
            }

            return Last;
        }
        finally
        {
            _asking.Release();
        }
    }

    // True when the document is another than before.
    private async Task<bool> AskAsync(int root, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, s_roots[root])) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        request.Headers.TryAddWithoutValidation("User-Agent", name);
        if (_known[root].ETag is { } known)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        using var response = await http.SendAsync(request, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified)
            return false;
        if (!response.IsSuccessStatusCode)
            throw await Refusal.OfAsync(response, ct).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
        _known[root] = (response.Headers.ETag?.ToString(), Read(body));
        return true;
    }

    private Found Read(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var found = new Found([], [], []);
        foreach (var item in Array(document.RootElement, "items"))
        {
            var group = item.TryGetProperty("metadata", out var metadata) ? Text(metadata, "name") : "";
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var version in Array(item, "versions"))
            {
                if (Text(version, "freshness") == "Stale")
                    found.Stale.Add($"{group}/{Text(version, "version")}");
                foreach (var resource in Array(version, "resources"))
                {
                    var verbs = Array(resource, "verbs").Select(v => v.GetString()!).ToArray();
                    if (verbs.Length == 0 || !resource.TryGetProperty("responseKind", out var response))
                        continue;
                    var kind = KindOf(group, Text(version, "version"), Text(resource, "resource"), Text(response, "kind"), Text(resource, "scope") == "Namespaced", verbs);
                    found.All.Add(kind);
                    if (seen.Add(kind.Plural))
                        found.Preferred.Add(kind);
                }
            }
        }

        return found;
    }

    // One value for each, however often it is asked for: graphs and caches tell kinds apart by reference.
    private KindInfo KindOf(string group, string version, string plural, string kind, bool namespaced, string[] verbs)
    {
        if (ApiCatalog.ByPlural(group, version, plural) is { } described && described.Kind == kind)
            return described;
        var key = $"{group}/{version}/{plural}/{kind}/{namespaced}/{string.Join(',', verbs)}";
        if (_unknown.TryGetValue(key, out var known))
            return known;
        known = new KindInfo
        {
            Group = group,
            Version = version,
            Kind = kind,
            Plural = plural,
            Namespaced = namespaced,
            Verbs = verbs,
            Schema = PartialObjectMetadata.Kind.Schema,
            ReadJson = PartialObjectMetadata.Kind.ReadJson,
            ReadProto = PartialObjectMetadata.Kind.ReadProto,
        };
        _unknown.Add(key, known);
        return known;
    }

    private static IEnumerable<JsonElement> Array(JsonElement element, string property) =>
        element.TryGetProperty(property, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : [];

    private static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private sealed record Found(List<KindInfo> All, List<KindInfo> Preferred, List<string> Stale);
}
