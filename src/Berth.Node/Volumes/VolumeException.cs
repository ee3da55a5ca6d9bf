namespace Berth.Node.Volumes;

/// <summary>A volume that cannot be made ready (yet). Tried again; the message becomes a FailedMount event.</summary>
public sealed class VolumeException(string volume, string message, Exception? inner = null)
    : Exception($"MountVolume.SetUp failed for volume \"{volume}\" : {message}", inner)
{
    public string Volume { get; } = volume;
}
