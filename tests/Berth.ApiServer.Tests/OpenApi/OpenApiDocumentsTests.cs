using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Proto;
using Berth.ApiServer.Discovery;
using Berth.ApiServer.Http;
using Berth.ApiServer.OpenApi;
using Berth.ApiServer.Patch;
using Xunit;

namespace Berth.ApiServer.Tests.OpenApi;

public sealed class OpenApiDocumentsTests
{
    private static readonly OpenApiDocuments s_documents = new(new ServedGroups(Everything()), "v1.36.0");

    [Fact]
    public void V3_EachDocument_ResolvesAllOfItsReferences()
    {
        var index = (JsonObject)JsonTree.Parse(s_documents.V3Index)!["paths"]!;
        Assert.Contains("api/v1", index.Select(p => p.Key));
        Assert.Contains("apis/apps/v1", index.Select(p => p.Key));
        foreach (var (name, entry) in index)
        {
            var document = s_documents.V3(name)!;
            Assert.Equal($"/openapi/v3/{name}?hash={document.Hash}", entry!["serverRelativeURL"]!.ToString());
            var root = JsonTree.Parse(document.Json)!;
            var schemas = (JsonObject)root["components"]!["schemas"]!;
            foreach (var reference in References(root))
            {
                Assert.StartsWith("#/components/schemas/", reference, StringComparison.Ordinal);
                Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), $"{name}: {reference} leads nowhere");
            }
        }
    }

    [Fact]
    public void Schemas_OfBothVersions_DescribeEachTypeAndField()
    {
        var v3 = (JsonObject)JsonTree.Parse(s_documents.V3("apis/apps/v1")!.Json)!["components"]!["schemas"]!;
        var v2 = (JsonObject)JsonTree.Parse(s_documents.V2.Json)!["definitions"]!;
        foreach (var (name, schema) in v3.Concat(v2).Where(s => s.Key.StartsWith("io.k8s.api.", StringComparison.Ordinal)))
        {
            Assert.True(schema!["description"]?.ToString().Length > 0, name);
            foreach (var (field, property) in schema["properties"] as JsonObject ?? [])
                Assert.True(property!["description"]?.ToString().Length > 0, $"{name}.{field}");
        }

        Assert.Contains("percentage", v3["io.k8s.api.apps.v1.RollingUpdateDeployment"]!["properties"]!["maxSurge"]!["description"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void V2_Document_ResolvesAllOfItsReferences()
    {
        var root = JsonTree.Parse(s_documents.V2.Json)!;
        var definitions = (JsonObject)root["definitions"]!;

        Assert.All(References(root), r => Assert.True(definitions.ContainsKey(r["#/definitions/".Length..]), r));
    }

    [Fact]
    public void V3_OperationIds_AreUnique()
    {
        var ids = ((JsonObject)JsonTree.Parse(s_documents.V2.Json)!["paths"]!)
            .SelectMany(p => ((JsonObject)p.Value!).Where(o => o.Key != "parameters").Select(o => o.Value!["operationId"]!.ToString()))
            .ToList();

        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.Contains("listAppsV1NamespacedDeployment", ids);
        Assert.Contains("deleteCoreV1CollectionNamespacedPod", ids);
        Assert.Contains("listRbacAuthorizationV1RoleForAllNamespaces", ids);
        Assert.Contains("replaceAppsV1NamespacedDeploymentScale", ids);
    }

    [Fact]
    public void V3_PatchOfAResource_SaysWhatKubectlLooksFor()
    {
        var root = JsonTree.Parse(s_documents.V3("apis/apps/v1")!.Json)!;
        var patch = root["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;

        Assert.Equal("patch", patch["x-kubernetes-action"]!.ToString());
        Assert.Equal("Deployment", patch["x-kubernetes-group-version-kind"]!["kind"]!.ToString());
        Assert.Equal(["dryRun", "fieldManager", "fieldValidation", "force"], ((JsonArray)patch["parameters"]!).Select(p => p!["name"]!.ToString()));
        var containers = root["components"]!["schemas"]!["io.k8s.api.core.v1.PodSpec"]!["properties"]!["containers"]!;
        Assert.Equal("merge", containers["x-kubernetes-patch-strategy"]!.ToString());
        Assert.Equal("name", containers["x-kubernetes-patch-merge-key"]!.ToString());
        Assert.Equal("map", containers["x-kubernetes-list-type"]!.ToString());
        Assert.Equal("TCP", root["components"]!["schemas"]!["io.k8s.api.core.v1.ContainerPort"]!["properties"]!["protocol"]!["default"]!.ToString());
    }

    [Theory]
    [InlineData("apis/apps/v2")]
    [InlineData("apis/nobody.example/v1")]
    [InlineData("apis/apps/v1/deployments")]
    [InlineData("")]
    public void V3_UnknownName_IsNull(string name)
    {
        Assert.Null(s_documents.V3(name));
    }

    [Fact]
    public void V2_Proto_HasTheDefinitionsAndPathsOfTheJson()
    {
        var root = JsonTree.Parse(s_documents.V2.Json)!;

        Assert.Equal(((JsonObject)root["definitions"]!).Select(d => d.Key), Names(s_documents.V2.Proto, 9, 1));
        Assert.Equal(((JsonObject)root["paths"]!).Select(d => d.Key), Names(s_documents.V2.Proto, 8, 2));
    }

    [Fact]
    public void V3_Proto_HasTheSchemasAndPathsOfTheJson()
    {
        var document = s_documents.V3("apis/apps/v1")!;
        var root = JsonTree.Parse(document.Json)!;

        Assert.Equal(((JsonObject)root["paths"]!).Select(d => d.Key), Names(document.Proto, 4, 1));
        Assert.Equal(((JsonObject)root["components"]!["schemas"]!).Select(d => d.Key), Names(document.Proto, 5, 1, 1));
    }

    [Fact]
    public void V2_Definitions_AreThoseOfKubernetes()
    {
        const string Reference = "/shared/reference/kubernetes-1.36/swagger.json";
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(folder.FullName + Reference))
            folder = folder.Parent;
        Assert.SkipWhen(folder is null, "the reference of the Kubernetes 1.36 API is not on this machine");

        var expected = (JsonObject)JsonTree.Parse(File.ReadAllBytes(folder!.FullName + Reference))!["definitions"]!;
        var actual = (JsonObject)JsonTree.Parse(s_documents.V2.Json)!["definitions"]!;
        var differences = new List<string>();
        foreach (var (name, definition) in actual)
        {
            // The metrics API is no part of Kubernetes' own document: an aggregated server brings it.
            if (name.StartsWith("io.k8s.api.metrics.", StringComparison.Ordinal) || name.EndsWith(".Duration", StringComparison.Ordinal))
                continue;
            if (expected[name] is not JsonObject reference)
            {
                differences.Add($"{name} is not known");
                continue;
            }

            Compare(name, Shape(reference), Shape((JsonObject)definition!), differences);
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? actual, List<string> differences)
    {
        if (expected is JsonObject left && actual is JsonObject right)
        {
            foreach (var name in left.Select(m => m.Key).Union(right.Select(m => m.Key)))
                Compare($"{path}.{name}", left[name], right[name], differences);
        }
        else if (!JsonNode.DeepEquals(expected, actual))
        {
            differences.Add($"{path}: {actual?.ToJsonString() ?? "nothing"} instead of {expected?.ToJsonString() ?? "nothing"}");
        }
    }

    /// <summary>Without what is words, and without what is said by default.</summary>
    private static JsonObject Shape(JsonObject schema)
    {
        var result = new JsonObject();
        foreach (var (name, value) in schema)
        {
            if (name is "description" or "x-kubernetes-unions" or "default" or "enum")
                continue;
            if (name == "x-kubernetes-list-type" && value!.ToString() == "atomic")
                continue;
            if (name == "x-kubernetes-map-type" && value!.ToString() == "granular")
                continue;
            result[name] = name switch
            {
                "properties" => new JsonObject(((JsonObject)value!).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Shape((JsonObject)p.Value!)))),
                "items" or "additionalProperties" => Shape((JsonObject)value!),
                "required" or "x-kubernetes-list-map-keys" => new JsonArray([.. ((JsonArray)value!).Select(v => v!.ToString()).Order(StringComparer.Ordinal).Select(v => (JsonNode?)v)]),
                "x-kubernetes-group-version-kind" => ((JsonArray)value!).Count > 1 ? "many" : value.DeepClone(),
                _ => value?.DeepClone(),
            };
        }

        return result;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m is { Key: "$ref", Value: JsonValue value } ? [value.ToString()] : References(m.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    /// <summary>Names of the pairs in the list that field numbers lead to.</summary>
    private static List<string> Names(byte[] proto, params int[] path)
    {
        var message = proto;
        foreach (var number in path[..^1])
            message = Field(message, number)[0];
        return [.. Field(message, path[^1]).Select(pair => System.Text.Encoding.UTF8.GetString(Field(pair, 1)[0]))];
    }

    private static List<byte[]> Field(byte[] message, int number)
    {
        var values = new List<byte[]>();
        var reader = new ProtoReader(message);
        while (reader.NextField())
        {
            if (reader.Field == number)
                values.Add(reader.ReadSpan().ToArray());
            else
                reader.Skip();
        }

        return values;
    }

    private static RouteTable Everything()
    {
        var routes = new RouteTable();
        var nobody = new Nobody();
        foreach (var kind in ApiCatalog.All.Where(k => k.Plural.Length > 0))
        {
            routes.Add(kind, null, kind.Verbs, nobody);
            foreach (var subresource in kind.Subresources)
                routes.Add(kind, subresource, subresource.Verbs, nobody);
        }

        return routes;
    }

    private sealed class Nobody : IApiHandler
    {
        public Task HandleAsync(ApiRequest request) => throw new InvalidOperationException("nothing is served here");
    }
}
