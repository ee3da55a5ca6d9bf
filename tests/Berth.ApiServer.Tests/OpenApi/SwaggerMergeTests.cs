using System.Text.Json.Nodes;
using Berth.ApiServer.OpenApi;

namespace Berth.ApiServer.Tests.OpenApi;

public sealed class SwaggerMergeTests
{
    [Fact]
    public void Part_OfAVersion_HasItsPathsAndWhatTheyLeadTo()
    {
        var part = SwaggerMerge.Part(Parse("""
            {"paths":{"/apis/a/v1/x":{"get":{"schema":{"$ref":"#/definitions/X"}}},"/apis/a/v1beta1/x":{"get":{"schema":{"$ref":"#/definitions/Old"}}}},
             "definitions":{"X":{"properties":{"next":{"$ref":"#/definitions/X"},"y":{"items":{"$ref":"#/definitions/Y"}}}},"Y":{"type":"string"},"Old":{},"Unused":{}}}
            """), "/apis/a/v1/");
        Assert.Equal(["/apis/a/v1/x"], part["paths"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["X", "Y"], part["definitions"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Add_DefinitionsThatDiffer_GetNamesOfTheirOwn()
    {
        var document = Parse("""
            {"paths":{},"definitions":{
              "Same":{"description":"ours","properties":{"description":{"type":"string"}},"x-kubernetes-group-version-kind":[{"group":"","kind":"Same","version":"v1"}]},
              "Other":{"type":"integer"}}}
            """);
        var part = Parse("""
            {"paths":{"/p":{"$ref":"#/definitions/Other"}},"definitions":{
              "Same":{"description":"theirs","properties":{"description":{"type":"string"}},"x-kubernetes-group-version-kind":[{"group":"a","kind":"Same","version":"v1"}]},
              "Other":{"type":"string"},
              "New":{"properties":{"o":{"$ref":"#/definitions/Other"},"s":{"$ref":"#/definitions/Same"}}}}}
            """);
        SwaggerMerge.Add(document, part);
        SwaggerMerge.Add(document, part);

        Assert.Equal("""
            {"paths":{"/p":{"$ref":"#/definitions/Other_v2"}},"definitions":{"Same":{"description":"ours","properties":{"description":{"type":"string"}},"x-kubernetes-group-version-kind":[{"group":"","kind":"Same","version":"v1"},{"group":"a","kind":"Same","version":"v1"}]},"Other":{"type":"integer"},"Other_v2":{"type":"string"},"New":{"properties":{"o":{"$ref":"#/definitions/Other_v2"},"s":{"$ref":"#/definitions/Same"}}}}}
            """, document.ToJsonString());
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
