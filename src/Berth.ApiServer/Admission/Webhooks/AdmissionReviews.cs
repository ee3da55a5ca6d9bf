using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.Admission.Webhooks;

/// <summary>The words that the server and admission webhooks speak: AdmissionReview.</summary>
internal static class AdmissionReviews
{
    public static JsonObject Request(AdmissionHook hook, string uid, AdmissionAttributes attributes, IApiObject? value, IApiObject? old)
    {
        var kind = (value ?? old)?.KindInfo ?? attributes.Kind;
        var request = new JsonObject
        {
            ["uid"] = uid,
            ["kind"] = KindOf(kind),
            ["resource"] = Resource(attributes.Kind),
            ["requestKind"] = KindOf(kind),
            ["requestResource"] = Resource(attributes.Kind),
        };
        if (attributes.Subresource.Length > 0)
        {
            request["subResource"] = attributes.Subresource;
            request["requestSubResource"] = attributes.Subresource;
        }

        var name = attributes.Name.Length > 0 ? attributes.Name : value?.Metadata.Name ?? "";
        if (name.Length > 0)
            request["name"] = name;
        if (attributes.Namespace.Length > 0)
            request["namespace"] = attributes.Namespace;
        request["operation"] = RuleMatch.Name(attributes.Operation);
        request["userInfo"] = attributes.User is { } user ? JsonTree.Of(user.ToApi()) : new JsonObject { ["username"] = attributes.UserName };
        request["object"] = value is null ? null : JsonTree.Of(value);
        request["oldObject"] = old is null ? null : JsonTree.Of(old);
        request["dryRun"] = attributes.DryRun;
        request["options"] = Options(attributes);
        return new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = $"admission.k8s.io/{hook.Version}", ["request"] = request };
    }

    /// <summary>What a webhook answered.</summary>
    /// <param name="Patch">A JSON patch; null when there is none.</param>
    public sealed record Answer(bool Allowed, Status? Status, byte[]? Patch, IReadOnlyList<string> Warnings)
    {
        /// <summary>For the audit log.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];
    }

    /// <exception cref="WebhookException">The answer is none to this request.</exception>
    public static Answer Read(JsonObject review, AdmissionHook hook, string uid)
    {
        if (review["kind"]?.ToString() != "AdmissionReview" || review["apiVersion"]?.ToString() != $"admission.k8s.io/{hook.Version}")
            throw new WebhookException($"expected webhook response of admission.k8s.io/{hook.Version}, Kind=AdmissionReview, got {review["apiVersion"]}, Kind={review["kind"]}");
        if (review["response"] is not JsonObject response)
            throw new WebhookException("webhook response was absent");
        if (response["uid"]?.ToString() is var answered && answered != uid && (hook.Version == "v1" || answered is { Length: > 0 }))
            throw new WebhookException($"expected response.uid=\"{uid}\", got \"{answered}\"");
        try
        {
            var patch = response["patch"]?.GetValue<string>() is { Length: > 0 } text ? Convert.FromBase64String(text) : null;
            if (patch is not null && hook.Version == "v1" && response["patchType"]?.ToString() != "JSONPatch")
                throw new WebhookException("webhook returned response.patch but not response.patchType");
            return new Answer(
                response["allowed"]?.GetValue<bool>() == true,
                response["status"] is JsonObject status ? ApiJson.Deserialize<Status>(JsonTree.ToBytes(status)) : null,
                patch,
                [.. (response["warnings"] as JsonArray ?? []).Select(w => w?.ToString() ?? "")])
            {
                Annotations = [.. (response["auditAnnotations"] as JsonObject ?? []).Select(a => KeyValuePair.Create(a.Key, a.Value?.ToString() ?? ""))],
            };
        }
        catch (Exception e) when (e is FormatException or JsonException or JsonFormatException or InvalidOperationException)
        {
            throw new WebhookException($"the response cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A webhook's refusal, as the client gets it.</summary>
    public static ApiStatusException Denied(AdmissionHook hook, Status? status)
    {
        status ??= Status.Empty;
        var denied = $"admission webhook \"{hook.Name}\" denied the request";
        return new ApiStatusException(status with
        {
            StatusValue = "Failure",
            Code = status.Code < 400 ? 400 : status.Code,
            Message = status.Message.Length > 0 ? $"{denied}: {status.Message}" : status.Reason.Length > 0 ? $"{denied}: {status.Reason}" : $"{denied} without explanation",
        });
    }

    /// <exception cref="WebhookException">The patch cannot be applied, or makes something that is no object of the kind.</exception>
    public static T Patched<T>(T value, byte[] patch, KindInfo kind)
        where T : class, IApiObject<T>
    {
        try
        {
            var patched = JsonPatch.Apply(JsonTree.Of(value), patch);
            return (T)kind.ReadJson(JsonTree.ToBytes(patched), null);
        }
        catch (Exception e) when (e is PatchException or JsonException or JsonFormatException)
        {
            throw new WebhookException($"the patch cannot be applied: {e.Message}", e);
        }
    }

    private static JsonObject KindOf(KindInfo kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static JsonObject Resource(KindInfo kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["resource"] = kind.Plural };

    public static JsonObject? Options(AdmissionAttributes attributes)
    {
        var kind = attributes.Operation switch
        {
            AdmissionOperation.Create => "CreateOptions",
            AdmissionOperation.Update => "UpdateOptions",
            AdmissionOperation.Delete => "DeleteOptions",
            _ => null,
        };
        if (kind is null)
            return null;
        var options = new JsonObject { ["kind"] = kind, ["apiVersion"] = "meta.k8s.io/v1" };
        if (attributes.DryRun)
            options["dryRun"] = new JsonArray("All");
        return options;
    }
}
