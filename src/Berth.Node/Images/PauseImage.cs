namespace Berth.Node.Images;

/// <summary>The image of the sandbox container. It is built here, so that the first pod needs no registry.</summary>
public static class PauseImage
{
    /// <summary>The tag changes with the program's bytes, so that an upgrade imports the new one.</summary>
    public const string Name = "berth.local/pause:1";

    public static ImageDescription Describe(string architecture) => new()
    {
        Names = [Name],
        Architecture = architecture,
        Layers = [[LayerEntry.File("/pause", PauseProgram.Build(architecture), FileModes.Rwxrxrx)]],
        Entrypoint = ["/pause"],
        User = "65535:65535",
    };
}
