using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Json;
using Berth.ApiServer.Http;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.CustomResources;

/// <summary>Has a webhook convert between the versions of one definition.</summary>
internal sealed class WebhookConverter(CustomDefinition definition, WebhookClient client, Identifiers identifiers) : ICustomConverter
{
    // As kube-apiserver: long enough for a webhook that has to start, short enough for a client that waits.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly WebhookTarget _target = WebhookTarget.Of(definition.Source.Spec.Conversion!.Webhook!.ClientConfig!);

    private readonly string _version = definition.Source.Spec.Conversion.Webhook.ConversionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? "v1";

    public async ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(IReadOnlyList<CustomObject> values, CustomVersion wanted, CancellationToken cancellation)
    {
        var foreign = values.Where(v => v.KindInfo.Version != wanted.Name).ToList();
        if (foreign.Count == 0)
            return values;
        try
        {
            var converted = await AskAsync(foreign, wanted, cancellation).ConfigureAwait(false);
            var result = new List<CustomObject>(values.Count);
            var next = 0;
            foreach (var value in values)
                result.Add(value.KindInfo.Version == wanted.Name ? value : converted[next++]);
            return result;
        }
        catch (WebhookException e)
        {
            throw ApiStatusException.InternalError($"conversion webhook for {foreign[0].KindInfo.ApiVersion}, Kind={wanted.Kind.Kind} failed: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<CustomObject>> AskAsync(IReadOnlyList<CustomObject> values, CustomVersion wanted, CancellationToken cancellation)
    {
        var uid = identifiers.NewUid();
        var review = new JsonObject
        {
            ["kind"] = "ConversionReview",
            ["apiVersion"] = $"apiextensions.k8s.io/{_version}",
            ["request"] = new JsonObject
            {
                ["uid"] = uid,
                ["desiredAPIVersion"] = wanted.Kind.ApiVersion,
                ["objects"] = new JsonArray([.. values.Select(v => JsonTree.Of(v))]),
            },
        };
        var answer = await client.AskAsync(_target, review, s_timeout, cancellation).ConfigureAwait(false);
        if (answer["response"] is not JsonObject response)
            throw new WebhookException("the answer has no response");
        if (_version == "v1" && response["uid"]?.ToString() != uid)
            throw new WebhookException($"expected response.uid={uid}, got {response["uid"]}");
        if (response["result"]?["status"]?.ToString() != "Success")
            throw new WebhookException(response["result"]?["message"]?.ToString() is { Length: > 0 } message ? message : "the webhook gave no reason");
        if (response["convertedObjects"] is not JsonArray converted || converted.Count != values.Count)
            throw new WebhookException($"returned {(response["convertedObjects"] as JsonArray)?.Count ?? 0} objects, expected {values.Count}");
        return [.. values.Select((value, i) => Checked(value, converted[i], wanted, i))];
    }

    /// <summary>What came back, when it is the same object in the wanted version. Of its metadata only labels and annotations are the webhook's to change.</summary>
    private static CustomObject Checked(CustomObject value, JsonNode? converted, CustomVersion wanted, int index)
    {
        var found = $"{converted?["apiVersion"]}, Kind={converted?["kind"]}";
        if (found != wanted.Kind.ToString())
            throw new WebhookException($"returned invalid converted object at index {index}: {found} instead of {wanted.Kind}");
        try
        {
            var read = CustomObject.Read(wanted.Kind, JsonTree.ToBytes(converted), null);
            if (read.Metadata.Name != value.Metadata.Name || read.Metadata.Namespace != value.Metadata.Namespace || read.Metadata.Uid != value.Metadata.Uid)
                throw new WebhookException($"returned invalid metadata in converted object at index {index}: name, namespace and uid may not change");
            return read.WithMetadata(value.Metadata with { Labels = read.Metadata.Labels, Annotations = read.Metadata.Annotations });
        }
        catch (Exception e) when (e is JsonException or JsonFormatException)
        {
            throw new WebhookException($"returned an object at index {index} that cannot be read: {e.Message}", e);
        }
    }
}
