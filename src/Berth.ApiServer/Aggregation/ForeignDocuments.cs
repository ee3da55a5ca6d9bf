using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.ApiServer.OpenApi;
using Berth.ApiServer.Patch;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Aggregation;

/// <summary>
/// The OpenAPI of the servers behind APIServices: read when one becomes available, then again once a minute, and then whole only when
/// it says that something changed. Owned by the loop of <see cref="AvailabilityReconciler"/>.
/// </summary>
internal sealed partial class ForeignDocuments(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_age = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>What an available server says; null while it says nothing.</summary>
    public async Task<ForeignOpenApi?> OfAsync(AggregatedApi api, CancellationToken cancellation)
    {
        var name = api.Source.Metadata.Name;
        var now = time.GetUtcNow();
        if (_known.TryGetValue(name, out var known) && ReferenceEquals(known.Api, api) && now < known.Due)
            return known.Document;
        known = known is not null && ReferenceEquals(known.Api, api) ? known : new Known(api);
        _known[name] = known;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_timeout);
        try
        {
            var v3 = await V3Async(known, limit.Token).ConfigureAwait(false);
            var v2 = await V2Async(known, limit.Token).ConfigureAwait(false);
            if (known.Document is null || !ReferenceEquals(known.Document.V3, v3) || !ReferenceEquals(known.Document.V2, v2))
                known.Document = v3 is null && v2 is null ? null : new ForeignOpenApi(api.Group, api.Version, v3, v2);
            known.Due = now + s_age;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            known.Due = now + s_retry;
            LogUnread(logger, e, name);
        }

        return known.Document;
    }

    /// <summary>Forgets servers that nobody names any more.</summary>
    public void Keep(IReadOnlyCollection<string> names)
    {
        foreach (var name in _known.Keys.Where(n => !names.Contains(n)).ToList())
            _known.Remove(name);
    }

    private static async Task<OpenApiDocument?> V3Async(Known known, CancellationToken cancellation)
    {
        var (index, _) = await known.Api.GetDocumentAsync("/openapi/v3", "", cancellation).ConfigureAwait(false);
        var address = index is null ? null : (JsonTree.Parse(index)?["paths"]?[$"apis/{known.Api.Group}/{known.Api.Version}"]?["serverRelativeURL"])?.ToString();
        if (address is null)
            return null;

        // The address carries the document's hash.
        if (known.Document?.V3 is { } same && address == known.V3Address)
            return same;
        var (json, _) = await known.Api.GetDocumentAsync(address, "", cancellation).ConfigureAwait(false);
        if (json is null || JsonTree.Parse(json) is not JsonObject)
            return null;
        known.V3Address = address;
        return new OpenApiDocument(json, GnosticV3.Document);
    }

    private static async Task<byte[]?> V2Async(Known known, CancellationToken cancellation)
    {
        var (json, tag) = await known.Api.GetDocumentAsync("/openapi/v2", known.Document?.V2 is null ? "" : known.V2Tag, cancellation).ConfigureAwait(false);
        if (tag == known.V2Tag && tag.Length > 0 && known.Document?.V2 is { } same)
            return same;
        if (json is null || JsonTree.Parse(json) is not JsonObject document)
            return null;
        known.V2Tag = tag;
        var part = JsonTree.ToBytes(SwaggerMerge.Part(document, $"/apis/{known.Api.Group}/{known.Api.Version}/"));
        return known.Document?.V2 is { } before && before.AsSpan().SequenceEqual(part) ? before : part;
    }

    [LoggerMessage(EventId = 3502, Level = LogLevel.Debug, Message = "The OpenAPI of {Name} could not be read")]
    private static partial void LogUnread(ILogger logger, Exception cause, string name);

    private sealed class Known(AggregatedApi api)
    {
        public AggregatedApi Api => api;

        public ForeignOpenApi? Document { get; set; }

        public string V3Address { get; set; } = "";

        public string V2Tag { get; set; } = "";

        /// <summary>When to ask again.</summary>
        public DateTimeOffset Due { get; set; }
    }
}
