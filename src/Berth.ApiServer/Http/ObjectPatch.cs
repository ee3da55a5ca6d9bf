using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Http;

/// <summary>PATCH in its forms: each makes a new object out of the one that is, which is then written like an update.</summary>
internal static class ObjectPatch
{
    public const string JsonPatchType = "application/json-patch+json";
    public const string MergePatchType = "application/merge-patch+json";
    public const string StrategicPatchType = "application/strategic-merge-patch+json";
    public const string ApplyYamlType = "application/apply-patch+yaml";

    /// <param name="merge">As in <see cref="StatusHandler{T}"/>.</param>
    public static async Task HandleAsync<T>(
        ApiRequest request, ResourceRegistry<T> registry, string subresource, ChangeRules rules, Func<T, T, T>? merge = null)
        where T : class, IApiObject<T>
    {
        if (request.Info.Name.Length == 0)
            throw ApiStatusException.MethodNotAllowed();
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var type = BodyDecoder.MediaType(request);
        var body = await RequestBody.ReadAsync(request.Http.Request).ConfigureAwait(false);
        Note(request, type, body);
        var key = ResourceHandler<T>.KeyOf(request, registry.Kind);
        var change = type == ApplyYamlType
            ? ObjectApply.Change<T>(request, registry.Kind, key, body, subresource)
            : new ObjectChange<T>(ValueTask<T> (old) => ValueTask.FromResult(Patched(request, old, type, body)));
        var inner = change.Apply;
        change = change with
        {
            Subresource = subresource,
            Rules = rules,
            ChecksVersion = false,
            Apply = async old =>
            {
                var patched = await inner(old).ConfigureAwait(false);
                // A patch insists on a version only by naming one.
                if (patched.Metadata.ResourceVersion.Length > 0 && patched.Metadata.ResourceVersion != old.Metadata.ResourceVersion)
                    throw ApiStatusException.Modified(registry.Kind, key.Name);
                return merge is null ? patched : merge(patched, old);
            },
        };
        var result = await registry.UpdateAsync(key, change, ResourceHandler<T>.ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.ObjectAsync(request, result.IsNew ? 201 : 200, result.Object, format).ConfigureAwait(false);
    }

    /// <summary>Has the patch written down, where that is asked for.</summary>
    public static void Note(ApiRequest request, string type, ReadOnlyMemory<byte> body)
    {
        if (request.Audit is not { TakesRequests: true } audit || body.IsEmpty)
            return;
        try
        {
            audit.AskedFor(type == ApplyYamlType ? YamlBody.ToJson(body.Span) : body.Span);
        }
        catch (ApiStatusException)
        {
            // No YAML: the request is refused for it below.
        }
    }

    /// <summary>The object that a JSON, merge or strategic patch makes.</summary>
    public static T Patched<T>(ApiRequest request, T old, string type, ReadOnlyMemory<byte> body)
        where T : class, IApiObject<T>
    {
        try
        {
            var target = JsonTree.Of(old);
            var result = type switch
            {
                JsonPatchType => JsonPatch.Apply(target, body.Span),
                MergePatchType => MergePatch.Apply(target, JsonTree.Parse(body.Span)),
                StrategicPatchType when !old.KindInfo.IsCustom => StrategicMergePatch.Apply(target, JsonTree.Parse(body.Span), old.KindInfo.Schema),
                _ => throw ApiStatusException.UnsupportedMediaType(
                    $"the body of the request was in an unknown format - accepted media types include: {JsonPatchType}, {MergePatchType}, {ApplyYamlType}"
                    + (old.KindInfo.IsCustom ? "" : $", {StrategicPatchType}")),
            };
            return BodyDecoder.DecodeJson<T>(request, old.KindInfo, JsonSerializerBytes(result));
        }
        catch (PatchException e)
        {
            throw new ApiStatusException(e.ToStatus());
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    public static byte[] JsonSerializerBytes(JsonNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
