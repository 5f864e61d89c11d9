global using Keelson.Base.Identity;
global using NUnit.Framework;
