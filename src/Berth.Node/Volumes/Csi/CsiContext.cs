using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Authentication.V1;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;

namespace Berth.Node.Volumes.Csi;

/// <summary>What a driver is told beside the volume: its CSIDriver's wishes, secrets, the pod, tokens of the pod's service account.</summary>
public sealed class CsiContext(IClusterClient client)
{
    private const string TokensKey = "csi.storage.k8s.io/serviceAccount.tokens";

    /// <summary>Null for a driver without an object: it gets the defaults.</summary>
    public async Task<CSIDriver?> DriverAsync(string name, CancellationToken ct)
    {
        try
        {
            return await client.GetAsync<CSIDriver>(null, name, null, ct);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    public async Task<Dictionary<string, string>> SecretAsync(string? ns, string? name, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(name))
            return [];
        var secret = await client.GetAsync<Secret>(ns, name, null, ct);
        return secret.Data.ToDictionary(e => e.Key, e => Encoding.UTF8.GetString(e.Value.Span), StringComparer.Ordinal);
    }

    /// <summary>The volume's own attributes with what the driver asked to know of the pod.</summary>
    public static Dictionary<string, string> PodInfo(CSIDriver? driver, Pod pod, ApiMap<string> attributes, bool inline)
    {
        var context = attributes.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        if (driver?.Spec.PodInfoOnMount != true)
            return context;
        context["csi.storage.k8s.io/pod.name"] = pod.Metadata.Name;
        context["csi.storage.k8s.io/pod.namespace"] = pod.Metadata.Namespace;
        context["csi.storage.k8s.io/pod.uid"] = pod.Metadata.Uid;
        context["csi.storage.k8s.io/serviceAccount.name"] = pod.Spec.ServiceAccountName;
        // Only drivers that know both ways of being used want to be told which it is.
        if (driver.Spec.VolumeLifecycleModes.Contains("Ephemeral"))
            context["csi.storage.k8s.io/ephemeral"] = inline ? "true" : "false";
        return context;
    }

    /// <summary>Adds the tokens that the driver asked for, to its secrets where it wants them there, else to the context.</summary>
    public async Task AddTokensAsync(CSIDriver? driver, Pod pod, Dictionary<string, string> context, Dictionary<string, string> secrets, CancellationToken ct)
    {
        if (driver is null || driver.Spec.TokenRequests.IsEmpty)
            return;
        var tokens = new JsonObject();
        foreach (var wanted in driver.Spec.TokenRequests)
        {
            var request = new Api.Authentication.V1.TokenRequest
            {
                Spec = new TokenRequestSpec
                {
                    Audiences = wanted.Audience.Length > 0 ? [wanted.Audience] : [],
                    ExpirationSeconds = wanted.ExpirationSeconds ?? 3600,
                    BoundObjectRef = new BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
                },
            };
            var answer = await client.CreateSubresourceAsync<ServiceAccount, Api.Authentication.V1.TokenRequest, Api.Authentication.V1.TokenRequest>(
                pod.Metadata.Namespace, pod.Spec.ServiceAccountName.Length == 0 ? "default" : pod.Spec.ServiceAccountName, "token", request, null, ct);
            tokens[wanted.Audience] = new JsonObject
            {
                ["token"] = answer.Status.Token,
                ["expirationTimestamp"] = answer.Status.ExpirationTimestamp?.ToString(),
            };
        }

        (driver.Spec.ServiceAccountTokenInSecrets == true ? secrets : context)[TokensKey] = tokens.ToJsonString();
    }
}
