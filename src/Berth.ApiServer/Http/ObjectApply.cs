using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Schema;
using Berth.ApiServer.Apply;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Http;

/// <summary>Server-side apply: the client states the fields that it wants and owns.</summary>
internal static class ObjectApply
{
    /// <exception cref="ApiStatusException">The body or the options cannot be used; a conflict shows when the change is applied.</exception>
    public static ObjectChange<T> Change<T>(ApiRequest request, KindInfo kind, ObjectKey key, ReadOnlyMemory<byte> body, string subresource)
        where T : class, IApiObject<T>
    {
        var manager = request.Query["fieldManager"].ToString();
        if (manager.Length == 0)
        {
            var errors = new FieldErrors();
            errors.Required("fieldManager", "is required for apply patch");
            throw ApiStatusException.Invalid(MetaKinds.PatchOptions, "", errors);
        }

        var force = request.Query.ContainsKey("force") && RequestInfo.IsTrue(request.Query["force"]);
        JsonNode configuration;
        var repeated = new List<string>();
        try
        {
            configuration = JsonTree.Parse(YamlBody.ToJson(body.Span, repeated))
                ?? throw ApiStatusException.BadRequest("error decoding YAML: the body is null");
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"error decoding YAML: {e.Message}");
        }

        if (configuration is JsonObject root && root["metadata"] is JsonObject metadata)
        {
            if (metadata["name"]?.ToString() is { Length: > 0 } name && name != key.Name)
                throw ApiStatusException.BadRequest($"the name of the object ({name}) does not match the name on the URL ({key.Name})");
            metadata["name"] ??= key.Name;
            if (key.Namespace.Length > 0)
                metadata["namespace"] ??= key.Namespace;
        }

        var sub = subresource.Length == 0 ? null : subresource;
        return new ObjectChange<T>(old => ValueTask.FromResult(Applied(old)))
        {
            OwnsManagedFields = true,
            Create = sub is null ? () => ValueTask.FromResult(Applied(null)) : null,
        };

        T Applied(T? live)
        {
            try
            {
                var result = FieldManager.Apply(kind, live, configuration.DeepClone(), manager, force, sub, request.Now);
                if (result.Conflicts.Count > 0)
                    throw new ApiStatusException(FieldConflict.ToStatus(result.Conflicts));
                var merged = BodyDecoder.DecodeJson<T>(
                    request, kind, ObjectPatch.JsonSerializerBytes(result.Merged), repeated.Count == 0 ? null : "yaml: unmarshal errors:\n  " + string.Join("\n  ", repeated));
                return merged.WithMetadata(merged.Metadata with { ManagedFields = result.Managed });
            }
            catch (ApplyException e)
            {
                throw ApiStatusException.BadRequest(e.Message);
            }
        }
    }
}
