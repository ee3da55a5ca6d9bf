using System.Text.Json.Nodes;

namespace Berth.Node.Volumes.Csi;

/// <summary>
/// What is kept on disk of a volume that a driver was asked to publish, written before the driver is: enough to take it
/// away again when neither the pod nor the volume exists any more. The first five fields are named as by Kubernetes' node agent.
/// </summary>
/// <param name="SpecName">The PersistentVolume's name, or the pod's name for an inline volume.</param>
/// <param name="Target">As the driver was told.</param>
/// <param name="Staging">As the driver was told; empty when it does not stage.</param>
/// <param name="Attached">The volume counts as in use for the attach controller.</param>
/// <param name="Published">The driver has said that it is done.</param>
public sealed record CsiRecord(
    string Driver, string Handle, string SpecName, string Mode, string NodeName, string Target, string Staging, bool Block, bool Attached, bool Published)
{
    public const string FileName = "vol_data.json";

    /// <returns>Null when there is none, or one that nobody can read: it was cut off while written, before the driver was asked.</returns>
    public static CsiRecord? Read(string directory)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllText(Path.Combine(directory, FileName))) is not JsonObject o)
                return null;
            return new CsiRecord(
                Text(o, "driverName"), Text(o, "volumeHandle"), Text(o, "specVolID"), Text(o, "volumeLifecycleMode"), Text(o, "nodeName"),
                Text(o, "targetPath"), Text(o, "stagingPath"), Text(o, "block") == "true", Text(o, "attached") == "true", Text(o, "published") == "true");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    public void Write(string directory)
    {
        var o = new JsonObject
        {
            ["driverName"] = Driver,
            ["volumeHandle"] = Handle,
            ["specVolID"] = SpecName,
            ["volumeLifecycleMode"] = Mode,
            ["nodeName"] = NodeName,
            ["targetPath"] = Target,
            ["stagingPath"] = Staging,
            ["block"] = Flag(Block),
            ["attached"] = Flag(Attached),
            ["published"] = Flag(Published),
        };
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        var fresh = path + ".new";
        File.WriteAllText(fresh, o.ToJsonString());
        File.Move(fresh, path, overwrite: true);
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Text(JsonObject o, string name) => (string?)o[name] ?? "";
}
