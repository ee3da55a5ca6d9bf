using System.Net;

namespace Berth.ApiServer.Tests.CustomResources;

/// <summary>The rules that a definition writes in expressions (<c>x-kubernetes-validations</c>).</summary>
public sealed class RuleTests
{
    private const string Schema = """
        {"type":"object","x-kubernetes-validations":[{"rule":"self.metadata.name.startsWith('c')","message":"names begin with c"}],"properties":{"spec":{
          "type":"object",
          "x-kubernetes-validations":[
            {"rule":"self.min <= self.max","messageExpression":"'min %d is above max %d'.format([self.min, self.max])","fieldPath":".min"},
            {"rule":"!has(oldSelf.max) || self.max >= oldSelf.max","message":"max may not shrink","reason":"FieldValueForbidden"},
            {"rule":"!has(self.x__dash__y) || self.x__dash__y == 'z'"}],
          "properties":{
            "min":{"type":"integer"},"max":{"type":"integer"},"x-y":{"type":"string","maxLength":10},
            "at":{"type":"string","format":"date-time","x-kubernetes-validations":[{"rule":"self > timestamp('2020-01-01T00:00:00Z')","message":"too early"}]},
            "port":{"x-kubernetes-int-or-string":true,"x-kubernetes-validations":[{"rule":"type(self) == int ? self < 100 : self == 'http'","message":"no such port"}]},
            "name":{"type":"string","maxLength":20,"x-kubernetes-validations":[{"rule":"self == oldSelf","message":"name is immutable"}]},
            "tags":{"type":"array","maxItems":5,"x-kubernetes-list-type":"set","items":{"type":"string","maxLength":5},
              "x-kubernetes-validations":[{"rule":"oldSelf == self","message":"tags stay"}]},
            "items":{"type":"array","maxItems":5,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["key"],"items":{"type":"object","required":["key"],
              "properties":{"key":{"type":"string","maxLength":5},"value":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf","message":"values grow"}]}}}},
            "labels":{"type":"object","maxProperties":5,"additionalProperties":{"type":"string","maxLength":9,"x-kubernetes-validations":[{"rule":"self.matches('^[a-z]+$')"}]}},
            "state":{"type":"string","maxLength":9,"x-kubernetes-validations":[{"rule":"oldSelf.hasValue() || self == 'new'","optionalOldSelf":true,"message":"begins as new"}]}}}}}
        """;

    private static string Good(string more = "") => $$$"""{"min":1,"max":5{{{more}}}}""";

    [Theory]
    [InlineData("""{"min":1,"max":5,"at":"2024-01-01T00:00:00Z","port":80,"labels":{"a.b/c":"x"},"state":"new","x-y":"z"}""", null)]
    [InlineData("""{"min":7,"max":5}""", "spec.min: Invalid value: min 7 is above max 5")]
    [InlineData("""{"min":1,"max":5,"x-y":"q"}""", "spec: Invalid value: failed rule: !has(self.x__dash__y) || self.x__dash__y == 'z'")]
    [InlineData("""{"min":1,"max":5,"at":"2019-01-01T00:00:00Z"}""", "spec.at: Invalid value: \"2019-01-01T00:00:00Z\": too early")]
    [InlineData("""{"min":1,"max":5,"port":"ftp"}""", "spec.port: Invalid value: \"ftp\": no such port")]
    [InlineData("""{"min":1,"max":5,"labels":{"k":"A"}}""", "spec.labels[k]: Invalid value: \"A\": failed rule: self.matches('^[a-z]+$')")]
    [InlineData("""{"min":1,"max":5,"state":"old"}""", "spec.state: Invalid value: \"old\": begins as new")]
    [InlineData("""{"min":1}""", "spec: Invalid value: \"object\": no such key: max evaluating rule: self.min <= self.max")]
    public async Task Rule_Create_IsHeldTo(string spec, string? problem)
    {
        await using var server = await StartAsync();
        var (code, body) = await server.SendAsync(HttpMethod.Post, Crontabs.Path, Crontabs.Object("c", spec));
        if (problem is null)
            Assert.True(code == HttpStatusCode.Created, body.ToJsonString());
        else
            Assert.Equal(new[] { problem }, Crontabs.Causes(body));
    }

    [Fact]
    public async Task Rule_OfTheRoot_SeesTheName()
    {
        await using var server = await StartAsync();
        var (_, body) = await server.SendAsync(HttpMethod.Post, Crontabs.Path, Crontabs.Object("d", Good()));
        Assert.Equal("CronTab.stable.example.com \"d\" is invalid: <nil>: Invalid value: names begin with c", (string)body["message"]!);
    }

    [Theory]
    [InlineData("""{"max":4}""", "spec: Forbidden: max may not shrink")]
    [InlineData("""{"name":"other"}""", "spec.name: Invalid value: \"other\": name is immutable")]
    [InlineData("""{"tags":["b","a"]}""", null)]
    [InlineData("""{"tags":["a"]}""", "spec.tags: Invalid value: tags stay")]
    [InlineData("""{"items":[{"key":"n","value":1},{"key":"k","value":3}]}""", null)]
    [InlineData("""{"items":[{"key":"n","value":1},{"key":"k","value":1}]}""", "spec.items[1].value: Invalid value: 1: values grow")]
    [InlineData("""{"state":"old"}""", null)]
    public async Task Rule_OfTransition_ComparesWithTheOldValue(string change, string? problem)
    {
        await using var server = await StartAsync();
        var (code, body) = await server.SendAsync(HttpMethod.Post, Crontabs.Path, Crontabs.Object("c", Good(""","name":"x","tags":["a","b"],"items":[{"key":"k","value":2}],"state":"new" """)));
        Assert.True(code == HttpStatusCode.Created, body.ToJsonString());
        (code, body) = await server.PatchAsync(Crontabs.Path + "/c", $$$"""{"spec":{{{change}}}}""");
        if (problem is null)
            Assert.True(code == HttpStatusCode.OK, body.ToJsonString());
        else
            Assert.Equal(new[] { problem }, Crontabs.Causes(body));
    }

    [Fact]
    public async Task Rules_BrokenSchema_AreNotRun()
    {
        await using var server = await StartAsync();
        var (_, body) = await server.SendAsync(HttpMethod.Post, Crontabs.Path, Crontabs.Object("c", """{"min":"x","max":5}"""));
        Assert.Contains(
            "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
            Crontabs.Causes(body));
    }

    [Theory]
    [InlineData("""{"rule":"self.nothing > 1"}""", ".rule", "compilation failed: ERROR: <input>:1:5: undefined field 'nothing'")]
    [InlineData("""{"rule":"self.a"}""", ".rule", "cel expression must evaluate to a bool")]
    [InlineData("""{"rule":"self.a > 1","messageExpression":"self.a"}""", ".messageExpression", "messageExpression must evaluate to a string")]
    [InlineData("""{"rule":"self.a > 1","fieldPath":".b"}""", ".fieldPath", "must be a valid path")]
    [InlineData("""{"rule":"self.a > 1","optionalOldSelf":true}""", ".optionalOldSelf", "may not be set if oldSelf is not used in rule")]
    public async Task Definition_WrongRule_IsRefused(string rule, string field, string problem)
    {
        await using var server = await TestServer.StartAsync();
        var schema = $$$"""{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{{{rule}}}],"properties":{"a":{"type":"integer"} } } } }""";
        var (code, body) = await server.SendAsync(HttpMethod.Post, Crontabs.DefinitionPath, Crontabs.Definition(Plain(schema)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        var cause = Assert.Single(Crontabs.Causes(body));
        Assert.StartsWith("spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0]" + field, cause, StringComparison.Ordinal);
        Assert.Contains(problem, cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definition_RuleThatMayCostTooMuch_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        const string Problem = "Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
        const string At = "spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: ";
        Assert.Contains(At + Problem, Crontabs.Causes(await DefineAsync("")));
        Assert.Null((await DefineAsync(",\"maxItems\":100"))["details"]?["causes"]);

        async Task<System.Text.Json.Nodes.JsonNode> DefineAsync(string bound) => (await server.SendAsync(HttpMethod.Post, Crontabs.DefinitionPath, Crontabs.Definition(Plain(
            """{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"self.l.all(x, self.l.all(y, x == y))"}],"properties":{"l":{"type":"array","items":{"type":"integer"}"""
            + bound + "}}}}}")))).Body;
    }

    private static string Plain(string schema) => $$$"""{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{schema}}}}}""";

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server, Plain(Schema));
        return server;
    }
}
