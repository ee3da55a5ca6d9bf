using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Berth.Api;
using Berth.Api.Autoscaling.V1;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Client.Metadata;

/// <summary>
/// The cluster for components that care for no kind in particular: metadata of any kind, asked for as
/// PartialObjectMetadata so that the rest does not travel, and deletion and patches by kind.
/// </summary>
public sealed class MetadataClient(HttpMessageInvoker http, Uri server, string name)
{
    private static readonly string[] s_accept = ["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "application/json"];
    private static readonly string[] s_acceptJson = ["application/json"];
    private static readonly string[] s_acceptWatch = ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "application/json"];

    /// <summary>Which kinds there are.</summary>
    public KindDiscovery Kinds { get; } = new(http, server, name);

    /// <summary>All objects of a kind (in one namespace, where one is given) and the resourceVersion of the list.</summary>
    /// <exception cref="ApiException">The server refused; 404 when it does not serve the kind.</exception>
    public async Task<(IReadOnlyList<ObjectMetadata> Items, string ResourceVersion)> ListAsync(KindInfo kind, string? ns, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(kind, ns), null, null, s_accept, ct).ConfigureAwait(false);
        return ReadList(kind, await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
    }

    /// <exception cref="ApiException">The server sent an error event, or refused.</exception>
    public async IAsyncEnumerable<MetadataEvent> WatchAsync(KindInfo kind, string resourceVersion, [EnumeratorCancellation] CancellationToken ct)
    {
        var query = Query.Of(new ListOptions { ResourceVersion = resourceVersion, AllowWatchBookmarks = true, Timeout = TimeSpan.FromMinutes(5) }, watch: true);
        using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(kind, null) + query, null, null, s_acceptWatch, ct).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var (type, json) in WatchStream.ReadRawAsync(stream, ct).ConfigureAwait(false))
                yield return new(type, new(kind, ReadObject(json)));
        }
    }

    /// <summary>The object's metadata as the server has it now; null when it is gone.</summary>
    public async Task<ObjectMetadata?> GetAsync(KindInfo kind, string? ns, string objectName, CancellationToken ct)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(kind, ns, objectName), null, null, s_acceptWatch, ct).ConfigureAwait(false);
            return new(kind, ReadObject(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)));
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    public async Task DeleteAsync(KindInfo kind, string? ns, string objectName, DeleteOptions options, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Delete, ResourcePath.Of(kind, ns, objectName), ApiJson.Serialize(options), "application/json", s_acceptWatch, ct).ConfigureAwait(false);
    }

    public async Task DeleteCollectionAsync(KindInfo kind, string ns, DeleteOptions options, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Delete, ResourcePath.Of(kind, ns), ApiJson.Serialize(options), "application/json", s_accept, ct).ConfigureAwait(false);
    }

    /// <summary>A merge patch (RFC 7386).</summary>
    public async Task PatchAsync(KindInfo kind, string? ns, string objectName, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Patch, ResourcePath.Of(kind, ns, objectName), json, "application/merge-patch+json", s_acceptWatch, ct).ConfigureAwait(false);
    }

    /// <summary>The size of anything that has one.</summary>
    /// <exception cref="ApiException">There is no such object, or its kind has no scale.</exception>
    public async Task<Scale> GetScaleAsync(KindInfo kind, string? ns, string objectName, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(kind, ns, objectName, "scale"), null, null, s_acceptJson, ct).ConfigureAwait(false);
        return ApiJson.Deserialize<Scale>(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
    }

    /// <exception cref="ApiException">Among others <see cref="ApiException.IsConflict"/>: the object has changed since its scale was read.</exception>
    public async Task UpdateScaleAsync(KindInfo kind, Scale scale, CancellationToken ct)
    {
        using var response = await SendAsync(
            HttpMethod.Put, ResourcePath.Of(kind, scale.Metadata.Namespace, scale.Metadata.Name, "scale"), ApiJson.Serialize(scale), "application/json", s_acceptJson, ct).ConfigureAwait(false);
    }

    private static (IReadOnlyList<ObjectMetadata> Items, string ResourceVersion) ReadList(KindInfo kind, byte[] json)
    {
        var input = new JsonInput(json);
        input.Start();
        var version = "";
        var items = new List<ObjectMetadata>();
        if (!input.BeginObject())
            throw input.Fail("expected a list object, got null");
        while (input.NextField())
        {
            if (input.Name.SequenceEqual("metadata"u8))
            {
                version = ListMeta.ReadJson(ref input).ResourceVersion;
            }
            else if (input.Name.SequenceEqual("items"u8))
            {
                if (!input.BeginArray())
                    continue;
                while (input.NextItem())
                    items.Add(new(kind, ReadMetadata(ref input)));
            }
            else
            {
                input.Skip();
            }
        }

        return (items, version);
    }

    private static ObjectMeta ReadObject(ReadOnlySpan<byte> json)
    {
        var input = new JsonInput(json);
        input.Start();
        return ReadMetadata(ref input);
    }

    private static ObjectMeta ReadMetadata(ref JsonInput input)
    {
        var metadata = ObjectMeta.Empty;
        if (!input.BeginObject())
            throw input.Fail("expected an object, got null");
        while (input.NextField())
        {
            if (input.Name.SequenceEqual("metadata"u8))
                metadata = ObjectMeta.ReadJson(ref input);
            else
                input.Skip();
        }

        return metadata;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, string? type, string[] accept, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(server, path)) { Version = System.Net.HttpVersion.Version20 };
        foreach (var media in accept)
            request.Headers.TryAddWithoutValidation("Accept", media);
        request.Headers.TryAddWithoutValidation("User-Agent", name);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type!);
        }

        var response = await http.SendAsync(request, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Refusal.OfAsync(response, ct).ConfigureAwait(false);
    }
}
