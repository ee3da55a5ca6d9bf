using System.Net;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Tests.CustomResources;

/// <summary>A custom resource to test with.</summary>
internal static class Crontabs
{
    public const string DefinitionPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    public const string Name = "crontabs.stable.example.com";
    public const string Path = "/apis/stable.example.com/v1/namespaces/default/crontabs";

    public const string Schema = """
        {"type":"object","properties":{
          "spec":{"type":"object","required":["cron"],"properties":{
            "cron":{"type":"string","pattern":"^[0-9* ]+$"},
            "image":{"type":"string","default":"busybox"},
            "replicas":{"type":"integer","minimum":1,"maximum":10},
            "port":{"x-kubernetes-int-or-string":true},
            "color":{"type":"string","enum":["red","green"]},
            "tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
            "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
              "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"port":{"type":"integer"}}}},
            "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
            "embedded":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}},
          "status":{"type":"object","properties":{"replicas":{"type":"integer"},"selector":{"type":"string"}}}}}
        """;

    public static string Version(string name, bool storage, string? schema = null, string more = "") => $$$"""
        {"name":"{{{name}}}","served":true,"storage":{{{(storage ? "true" : "false")}}},
         "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}},
         "additionalPrinterColumns":[{"name":"Cron","type":"string","jsonPath":".spec.cron"},{"name":"Replicas","type":"integer","jsonPath":".spec.replicas"}],
         "selectableFields":[{"jsonPath":".spec.cron"}]{{{more}}},
         "schema":{"openAPIV3Schema":{{{schema ?? Schema}}} } }
        """;

    public static string Definition(params string[] versions) => $$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{Name}}"},
         "spec":{"group":"stable.example.com","scope":"Namespaced",
           "names":{"plural":"crontabs","singular":"crontab","kind":"CronTab","shortNames":["ct"],"categories":["all"]},
           "versions":[{{string.Join(",", versions)}}]
         } }
        """;

    public static string Object(string name, string spec, string version = "v1") =>
        $$"""{"apiVersion":"stable.example.com/{{version}}","kind":"CronTab","metadata":{"name":"{{name}}"},"spec":{{spec}} }""";

    /// <summary>Makes the definition and waits until its objects are served.</summary>
    public static async Task DefineAsync(TestServer server, params string[] versions)
    {
        await server.PostAsync(DefinitionPath, Definition(versions.Length == 0 ? [Version("v1", storage: true)] : versions));
        await UntilAsync(async () =>
            (await server.GetAsync($"{DefinitionPath}/{Name}")).Body["status"]?["conditions"] is JsonArray conditions
            && conditions.Any(c => c!["type"]!.ToString() == "Established" && c["status"]!.ToString() == "True"));
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (!await holds())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public static string[] Causes(JsonNode status) =>
        [.. ((JsonArray)status["details"]!["causes"]!).Select(c => $"{c!["field"]}: {c["message"]}").Order(StringComparer.Ordinal)];
}
