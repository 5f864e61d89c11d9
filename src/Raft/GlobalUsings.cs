global using Keelson.Base;
global using Keelson.Base.Identity;
