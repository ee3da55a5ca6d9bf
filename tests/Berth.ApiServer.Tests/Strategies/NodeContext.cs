using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Berth.ApiServer.Tests.Strategies;

[JsonSerializable(typeof(JsonNode))]
internal sealed partial class NodeContext : JsonSerializerContext;
