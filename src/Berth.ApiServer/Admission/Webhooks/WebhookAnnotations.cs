using System.Text.Json.Nodes;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Admission.Webhooks;

/// <summary>What the audit log is told about the calls of mutating webhooks.</summary>
internal static class WebhookAnnotations
{
    /// <param name="turn">Which of the calls of this request it was.</param>
    /// <param name="patch">Null when the webhook changed nothing.</param>
    public static void Called(AuditTrail? audit, AdmissionHook hook, string turn, byte[]? patch)
    {
        if (audit is null)
            return;
        var called = new JsonObject { ["configuration"] = hook.Configuration, ["webhook"] = hook.Name };
        if (patch is not null && audit.TakesRequests)
        {
            var changed = called.DeepClone();
            changed["patch"] = JsonTree.Parse(patch);
            changed["patchType"] = "JSONPatch";
            audit.Annotate($"patch.webhook.admission.k8s.io/{turn}", Text(changed));
        }

        called["mutated"] = patch is not null;
        audit.Annotate($"mutation.webhook.admission.k8s.io/{turn}", Text(called));
    }

    private static string Text(JsonNode node) => System.Text.Encoding.UTF8.GetString(JsonTree.ToBytes(node));
}
